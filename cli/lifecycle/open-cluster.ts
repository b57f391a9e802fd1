import { engineOfCluster } from '../engines/choose-engine.ts';
import { readBranch } from '../engines/supervisor/branch-watch.ts';
import type { ClusterAccess, Engine, EngineStatus } from '../engines/engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { readRepositoryState } from '../publish/repository-state.ts';
import { readSource } from '../reconcile/request-fetch.ts';
import { commitOf } from '../reconcile/root-objects.ts';
import type { Environment } from '../values/environment.ts';
import { listEnvironments, loadEnvironment } from '../values/load-environment.ts';
import { keptFiles, type KeptFiles } from './kept-files.ts';

/** An environment with whatever there is of its cluster. */
export interface OpenCluster {
  readonly environment: Environment;
  readonly engine: Engine;
  readonly engineStatus: EngineStatus;
  readonly kept: KeptFiles;
  /** undefined when there is no cluster. */
  readonly access: ClusterAccess | undefined;
  /** undefined unless the cluster runs. */
  readonly kube: Kube | undefined;
  readonly git: GitPosition;
}

/** Where the clone stands against what was pushed to the cluster's repository. */
export interface GitPosition {
  readonly head: string;
  readonly branch: string | undefined;
  /** Uncommitted paths. */
  readonly changed: readonly string[];
  /** The commit that the followed branch of the cluster's repository is at; of a remote: when Flux last fetched it. */
  readonly published: string | undefined;
}

/**
 * Reads what there is of an environment's cluster; starts nothing.
 *
 * @param name Without one: the only environment that has a cluster.
 * @throws {PlatformError} ENVIRONMENT_UNKNOWN, VALUES_INVALID; USAGE when no name was given and it is not clear.
 */
export async function openCluster(deps: Deps, name?: string): Promise<OpenCluster> {
  const environment = name === undefined ? await onlyEnvironment(deps) : await loadEnvironment(deps, name);
  const engine = await engineOfCluster(deps, environment);
  const kept = keptFiles(deps.locations, environment.client, environment.name);
  // What git is asked takes as long as connecting does: at the same time.
  const { branch, remote } = environment.git;
  const [cluster, state, pushed] = await Promise.all([
    connectTo(deps, engine),
    readRepositoryState(deps),
    remote === undefined ? readBranch(kept.repository, branch) : undefined,
  ]);
  const published = remote === undefined ? pushed : await fetchedCommit(cluster);
  return { environment, engine, kept, ...cluster, git: { ...state, published } };
}

/**
 * What there is of an engine's cluster.
 *
 * @param timeoutMs How long each request may take, as {@link Deps.connect} has it.
 */
export async function connectTo(
  deps: Pick<Deps, 'connect'>,
  engine: Engine,
  timeoutMs?: number,
): Promise<Pick<OpenCluster, 'engineStatus' | 'access' | 'kube'>> {
  const [engineStatus, access] = await Promise.all([engine.status(), engine.access()]);
  const running = engineStatus.state === 'running' || engineStatus.state === 'degraded';
  const kube =
    access && running ? await deps.connect(access.kubeconfig, access.context, timeoutMs) : undefined;
  return { engineStatus, access, kube };
}

/** What Flux has of the remote; a cluster that does not answer is told by whoever needs it. */
async function fetchedCommit({
  kube,
  engineStatus,
}: Pick<OpenCluster, 'engineStatus' | 'kube'>): Promise<string | undefined> {
  if (!kube || engineStatus.silent !== undefined) return undefined;
  try {
    return commitOf((await readSource(kube)).revision);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'CLUSTER_UNREACHABLE') return undefined;
    throw error;
  }
}

/**
 * The cluster of an environment, which must be running.
 *
 * @throws {PlatformError} CLUSTER_MISSING or CLUSTER_STOPPED, with the command that makes or starts it.
 */
export async function openRunningCluster(
  deps: Deps,
  name?: string,
): Promise<OpenCluster & { kube: Kube; access: ClusterAccess }> {
  const cluster = await openCluster(deps, name);
  const { kube, access } = cluster;
  if (kube && access) return { ...cluster, kube, access };
  throw notRunning(cluster);
}

export function notRunning({
  environment,
  engineStatus,
}: {
  readonly environment: Pick<Environment, 'name'>;
  readonly engineStatus: EngineStatus;
}): PlatformError {
  return engineStatus.state === 'absent'
    ? new PlatformError(
        'CLUSTER_MISSING',
        `there is no cluster of ${environment.name} on this machine`,
        `platform bootstrap ${environment.name}`,
      )
    : new PlatformError(
        'CLUSTER_STOPPED',
        `the cluster of ${environment.name} is stopped`,
        `platform start ${environment.name}`,
      );
}

async function onlyEnvironment(deps: Deps): Promise<Environment> {
  const names = await listEnvironments(deps.root);
  const withCluster: Environment[] = [];
  for (const name of names) {
    const environment = await loadEnvironment(deps, name);
    const { state } = await (await engineOfCluster(deps, environment)).status();
    if (state !== 'absent') withCluster.push(environment);
  }
  const [only, ...others] = withCluster;
  if (only && others.length === 0) return only;
  if (!only && names.includes('dev')) return loadEnvironment(deps, 'dev');
  throw new PlatformError(
    'USAGE',
    withCluster.length === 0
      ? 'no environment was named, and none has a cluster on this machine'
      : `no environment was named, and several have a cluster: ${withCluster.map((each) => each.name).join(', ')}`,
    `Name one of ${names.join(', ')}`,
  );
}
