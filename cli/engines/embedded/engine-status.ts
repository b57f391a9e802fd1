import { join } from 'node:path';
import { isFrozen } from '../../ports/find-processes.ts';
import { isRunning } from '../../ports/processes.ts';
import type { EnginePart, EngineStatus } from '../engine.ts';
import { findRecord } from './cluster-record.ts';
import type { StateDirectory } from '../state-directory.ts';
import { orphansOf } from '../supervisor/orphans.ts';
import { isSupervised, lastSupervisor, processOf, readStatus } from '../supervisor/client.ts';
import type { PartStatus, SupervisorStatus } from '../supervisor/plan.ts';

/** The parts that answer a request to the API server. */
const apiServer = ['etcd', 'kube-apiserver'];

/**
 * What runs of a cluster. The supervisor's word is checked against the system: a part is running only while that very
 * process is. A cluster of which nothing is alive is stopped, whether it was told to or the machine went down.
 *
 * @param names Of the parts, for a cluster whose supervisor never ran.
 * @throws {PlatformError} STATE_UNREADABLE for a record of a newer format; a damaged one is no hindrance.
 */
export async function engineStatus(
  directory: StateDirectory,
  names: readonly string[],
): Promise<EngineStatus> {
  if (!(await findRecord(directory.record))) return { state: 'absent', parts: [] };
  const status = await readStatus(directory);
  const last = await lastSupervisor(directory);
  const supervised = status ? await isSupervised(status) : last !== undefined && (await isRunning(last));
  const orphans = supervised ? [] : await orphansOf(directory);
  const supervisor: EnginePart = {
    name: 'supervisor',
    state: await supervisorState(supervised ? last?.pid : undefined, status, orphans.length > 0),
    pid: supervised ? last?.pid : undefined,
    restarts: 0,
    log: directory.supervisorLog,
  };
  const recorded = status?.parts ?? names.map((name) => neverStarted(name, directory));
  const parts = [
    supervisor,
    ...(await Promise.all(recorded.map(async (part) => toEnginePart(part, supervised)))),
  ];
  const down = parts.every(({ state }) => state === 'stopped' || state === 'failed');
  if (down && orphans.length === 0) return { state: 'stopped', parts };
  const culprit = parts.find(({ name, state }) => apiServer.includes(name) && state === 'unresponsive');
  return {
    state: parts.every(({ state }) => state === 'running' || state === 'idle') ? 'running' : 'degraded',
    parts,
    silent: culprit && `the API server does not answer: ${culprit.name} is unresponsive`,
  };
}

async function supervisorState(
  pid: number | undefined,
  status: SupervisorStatus | undefined,
  leftOrphans: boolean,
): Promise<EnginePart['state']> {
  if (pid !== undefined) return (await isFrozen(pid)) ? 'unresponsive' : 'running';
  const wasKilled = leftOrphans || (status !== undefined && status.state !== 'stopped');
  return wasKilled ? 'failed' : 'stopped';
}

function neverStarted(name: string, { logs }: StateDirectory): PartStatus {
  return { name, state: 'stopped', ready: false, restarts: 0, log: join(logs, `${name}.log`) };
}

async function toEnginePart(part: PartStatus, supervised: boolean): Promise<EnginePart> {
  const { name, pid, restarts, lastExit, log } = part;
  const id = processOf(part);
  const running = id !== undefined && (await isRunning(id));
  const frozen = running && (await isFrozen(id.pid));
  const pauses = part.state === 'waiting' || part.state === 'restarting';
  const state = ((): EnginePart['state'] => {
    if (running && (frozen || (part.state === 'running' && !part.ready))) return 'unresponsive';
    if (running) return part.ready ? 'running' : 'starting';
    if (supervised && part.state === 'idle') return 'idle';
    if (supervised && pauses) return part.state === 'waiting' ? 'starting' : 'restarting';
    return part.state === 'stopped' || !supervised ? 'stopped' : 'restarting';
  })();
  return { name, state, pid: running ? pid : undefined, restarts, lastExit, log };
}
