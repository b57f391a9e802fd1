import { PlatformError } from '../../errors/platform-error.ts';
import { isFrozen } from '../../ports/find-processes.ts';
import { isSupervised, readStatus } from '../supervisor/client.ts';
import type { EnginePart, EngineStatus } from '../engine.ts';
import type { KindCluster } from './cluster.ts';
import type { Docker, NodeContainer } from './docker.ts';
import { findKindRecord } from './kind-record.ts';

/** How a container's state is told to people. */
const states: Readonly<Record<string, EnginePart['state']>> = {
  running: 'running',
  paused: 'unresponsive',
  restarting: 'restarting',
  created: 'starting',
};

/**
 * What runs of a kind cluster: the containers of its nodes, and the git server.
 *
 * @throws {PlatformError} STATE_UNREADABLE for a record of a newer format.
 */
export async function kindStatus(docker: Docker, { name, directory }: KindCluster): Promise<EngineStatus> {
  const record = await findKindRecord(directory.record);
  if (record === undefined) return { state: 'absent', parts: [] };
  const served = record === 'damaged' || record.git !== 'remote';
  const git = served ? [await gitServerPart(directory)] : [];
  let found: NodeContainer[];
  try {
    found = await docker.nodes(name);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { state: 'stopped', parts: git, silent: 'Docker does not answer' };
  }
  const recorded = record === 'damaged' ? {} : (record.nodes ?? {});
  const names = [...new Set([...Object.keys(recorded), ...found.map((node) => node.name)])];
  const nodes = names.map((node): EnginePart => {
    const state = found.find((each) => each.name === node)?.state;
    return {
      name: node,
      state: state === undefined ? 'failed' : (states[state] ?? 'stopped'),
      restarts: 0,
      log: `docker logs ${node}`,
    };
  });
  const parts = [...nodes, ...git];
  const controlPlane = nodes[0];
  if (nodes.every(({ state }) => state === 'stopped' || state === 'failed'))
    return { state: 'stopped', parts };
  return {
    state: parts.every(({ state }) => state === 'running') ? 'running' : 'degraded',
    parts,
    silent:
      controlPlane && controlPlane.state !== 'running'
        ? `the API server does not answer: the container ${controlPlane.name} is ${controlPlane.state}`
        : undefined,
  };
}

async function gitServerPart(directory: KindCluster['directory']): Promise<EnginePart> {
  const status = await readStatus(directory);
  const supervised = await isSupervised(status);
  const pid = supervised ? status?.supervisor.pid : undefined;
  const state = ((): EnginePart['state'] => {
    if (pid === undefined) return status !== undefined && status.state !== 'stopped' ? 'failed' : 'stopped';
    return 'running';
  })();
  const frozen = pid !== undefined && (await isFrozen(pid));
  return {
    name: 'git server',
    state: frozen ? 'unresponsive' : state,
    pid,
    restarts: 0,
    log: directory.supervisorLog,
  };
}
