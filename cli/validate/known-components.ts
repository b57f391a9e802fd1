import type { Build } from '../build/build.ts';
import { loadComponents } from '../values/components.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import type { KnownComponent } from './rule.ts';

/**
 * The components of a repository, and which of them the cluster of a build has. Values are read only where the build has objects
 * that need a component and does not bring it: the cluster may have it from somebody else.
 *
 * @throws {PlatformError} what `loadComponents` and `loadEnvironment` throw.
 */
export async function knownComponents(root: string, build: Build): Promise<KnownComponent[]> {
  const components = await loadComponents(root);
  const used = new Set(
    build.kustomizations.flatMap(({ objects }) => objects.map(({ apiVersion }) => groupOf(apiVersion))),
  );
  const known: KnownComponent[] = [];
  for (const { name, groups } of components) {
    const brought = build.kustomizations.some(({ path }) =>
      path.startsWith(`infrastructure/controllers/${name}/`),
    );
    const present =
      brought || (groups.some((group) => used.has(group)) && (await isProvided(root, build, name)));
    known.push({ name, groups, present });
  }
  return known;
}

async function isProvided(root: string, { environment }: Build, component: string): Promise<boolean> {
  const { values } = await loadEnvironment({ root }, environment);
  return values.components[component]?.provided === true;
}

/** `keda.sh` of `keda.sh/v1alpha1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
