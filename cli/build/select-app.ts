import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { KubeObject } from '../ports/kube.ts';
import type { Build } from './build.ts';

/** Every object that Flux applies for an environment, in dependency order; the Flux objects themselves are not among them. */
export function allObjects(build: Build): KubeObject[] {
  return build.kustomizations.flatMap(({ objects }) => objects);
}

/**
 * Every object of one app, all stages of a job app in their order, and the namespaces they lie in, so that
 * `kubectl apply` of the result works on an empty cluster. No Flux objects.
 *
 * @throws {PlatformError} APP_UNKNOWN when nothing is built from apps/<app>: no such app, or it is switched off here.
 */
export function appObjects(build: Build, app: string): KubeObject[] {
  const appOf = (path: string): string | undefined => /^apps\/([^/]+)/.exec(path)?.[1];
  const own = build.kustomizations
    .filter(({ path }) => appOf(path) === app)
    .flatMap(({ objects }) => objects);
  if (own.length === 0) {
    const known = new Set(build.kustomizations.flatMap(({ path }) => appOf(path) ?? []));
    const guess = closest(app, known);
    throw new PlatformError(
      'APP_UNKNOWN',
      `${build.environment} has no app ${app}`,
      guess === undefined ? `Choose one of: ${[...known].sort().join(', ')}` : `Did you mean ${guess}?`,
    );
  }
  const used = new Set(own.map(({ metadata }) => metadata.namespace));
  const namespaces = allObjects(build).filter(
    ({ kind, metadata }) => kind === 'Namespace' && used.has(metadata.name),
  );
  return [...namespaces, ...own];
}
