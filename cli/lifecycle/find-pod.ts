import { join } from 'node:path';
import { closest } from '../errors/did-you-mean.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists } from '../ports/files.ts';
import type { KubeObject } from '../ports/kube.ts';
import type { OpenCluster } from './open-cluster.ts';

/** An app of an environment, as a person names it. */
export interface AppName {
  /** undefined: the only environment that has a cluster. */
  readonly environment: string | undefined;
  readonly app: string;
}

/** `<environment> <app>`, or `<app>` alone. @throws {PlatformError} USAGE. */
export function appNameFrom(words: readonly string[], command: string): AppName {
  const [first, second] = words;
  if (first !== undefined && words.length <= 2) {
    return second === undefined
      ? { environment: undefined, app: first }
      : { environment: first, app: second };
  }
  throw new PlatformError(
    'USAGE',
    'an app is needed, and before it at most its environment',
    `platform ${command} dev prediction-api`,
  );
}

/** Whether a word that a person gave names an environment, or else an app. */
export async function kindOfName(
  { root }: Pick<Deps, 'root'>,
  word: string,
): Promise<'environment' | 'app' | undefined> {
  if (!/^[a-z0-9-]+$/.test(word)) return undefined;
  if (await exists(join(root, 'clusters', word))) return 'environment';
  return (await exists(join(root, 'templates/apps', word))) ? 'app' : undefined;
}

/**
 * Refuses what needs containers where there are none, and apps that do not exist.
 *
 * @throws {PlatformError} ENGINE_UNSUPPORTED, APP_UNKNOWN.
 */
export function requireRealApp({ engine, environment }: OpenCluster, app: string): void {
  const known = Object.keys(environment.values.apps);
  if (!known.includes(app)) {
    const guess = closest(app, known);
    throw new PlatformError(
      'APP_UNKNOWN',
      `there is no app named ${app}`,
      guess === undefined ? `Name one of ${known.join(', ')}` : `Did you mean ${guess}?`,
    );
  }
  if (engine.name !== 'embedded') return;
  const { name } = environment;
  throw new PlatformError(
    'ENGINE_UNSUPPORTED',
    `pods are simulated on the engine embedded: no container of ${app} runs`,
    `With Docker: platform delete ${name} && platform bootstrap ${name} --engine kind`,
  );
}

/** A pod of an app that runs. */
export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  /** Its first container. */
  readonly container: string;
}

/** @throws {PlatformError} RECONCILE_FAILED when none of its pods runs. */
export async function findRunningPod(
  {
    kube,
    environment,
  }: Required<Pick<OpenCluster, 'environment'>> & { kube: NonNullable<OpenCluster['kube']> },
  app: string,
): Promise<RunningPod> {
  const pods = await kube.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { labelSelector: `app.kubernetes.io/name=${app}` },
  );
  const running = pods.filter(isRunning).sort((a, b) => Number(isReady(b)) - Number(isReady(a)));
  const [pod] = running;
  if (!pod) {
    throw new PlatformError(
      'RECONCILE_FAILED',
      `no pod of ${app} runs in ${environment.name}`,
      `platform status ${environment.name}`,
    );
  }
  const { containers } = pod['spec'] as { containers: readonly { name: string }[] };
  return {
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    container: containers[0]?.name ?? app,
  };
}

function isRunning(pod: KubeObject): boolean {
  return (
    (pod['status'] as { phase?: string } | undefined)?.phase === 'Running' &&
    pod.metadata.deletionTimestamp === undefined
  );
}

function isReady(pod: KubeObject): boolean {
  const { conditions = [] } = (pod['status'] ?? {}) as {
    conditions?: readonly { type?: string; status?: string }[];
  };
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
