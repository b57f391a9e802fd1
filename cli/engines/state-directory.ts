import { join } from 'node:path';
import { isDirectory, move, remove } from '../ports/files.ts';
import type { Locations } from '../ports/locations.ts';

/** Whose cluster: both are DNS labels. */
export interface ClusterName {
  readonly client: string;
  readonly environment: string;
}

/**
 * What one cluster on this machine keeps on disk; all paths are absolute. Without its folder there is no embedded cluster; of
 * the other engines it holds only what stands beside the cluster, such as the supervisor of the git server.
 */
export interface StateDirectory {
  readonly root: string;
  /** Versioned record of what was created: ports, programs. Its absence means that there is no cluster. */
  readonly record: string;
  /** For the user; certificates and token embedded, 0600. */
  readonly kubeconfig: string;
  /** Certificates, keys and tokens. */
  readonly pki: string;
  readonly etcd: string;
  readonly logs: string;
  /** What the supervisor reads and writes; see supervisor/plan.ts. */
  readonly run: string;
  readonly plan: string;
  readonly status: string;
  /** Which process supervises: told apart from the status, which may be damaged. */
  readonly supervisorId: string;
  readonly events: string;
  /** The program of the supervisor: a copy, so that a rebuild of this CLI does not pull it from under a cluster. */
  readonly supervisorProgram: string;
  readonly supervisorLog: string;
  /** What KWOK does beside its own stages; see embedded/pod-stage.ts. */
  readonly podStage: string;
  /** Artifacts of source-controller; made again from the sources when lost. */
  readonly artifacts: string;
  readonly temporary: string;
}

export function stateDirectory(
  { state }: Pick<Locations, 'state'>,
  { client, environment }: ClusterName,
): StateDirectory {
  const root = join(state, client, environment);
  const run = join(root, 'run');
  const logs = join(root, 'logs');
  return {
    root,
    record: join(root, 'cluster.json'),
    kubeconfig: join(root, 'kubeconfig'),
    pki: join(root, 'pki'),
    etcd: join(root, 'etcd'),
    logs,
    run,
    plan: join(run, 'supervisor.json'),
    status: join(run, 'status.json'),
    supervisorId: join(run, 'supervisor.pid'),
    events: join(run, 'events.log'),
    supervisorProgram: join(run, 'supervisor.mjs'),
    supervisorLog: join(logs, 'supervisor.log'),
    podStage: join(run, 'pod-back.yaml'),
    artifacts: join(run, 'artifacts'),
    temporary: join(run, 'tmp'),
  };
}

/** As kubectl shows it: `<client>-<environment>`. */
export function contextName({ client, environment }: ClusterName): string {
  return `${client}-${environment}`;
}

/** Removes all of it, by another name: a delete that is killed leaves no half cluster. */
export async function removeState({ root }: Pick<StateDirectory, 'root'>): Promise<void> {
  const side = `${root}.deleting`;
  await remove(side);
  if (await isDirectory(root)) await move(root, side);
  await remove(side);
}
