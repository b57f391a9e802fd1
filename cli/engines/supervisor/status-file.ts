import { readTextIfThere, writeFileAtomically } from '../../ports/files.ts';
import type { ProcessId } from '../../ports/processes.ts';
import type { SupervisorStatus } from './plan.ts';

/** undefined when there is no such file, or it is damaged: {@link readSupervisor} still knows the supervisor then. */
export async function readStatusFile(path: string): Promise<SupervisorStatus | undefined> {
  const status = (await readJson(path)) as Partial<SupervisorStatus> | null | undefined;
  return isProcess(status?.supervisor) && Array.isArray(status.parts)
    ? (status as SupervisorStatus)
    : undefined;
}

export async function writeStatusFile(path: string, status: SupervisorStatus): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(status, undefined, 2)}\n`, 0o600);
}

/**
 * `run/supervisor.pid`: which process supervises, or did last. Written once per start, so that it outlives whatever
 * happens to the status file, which is written all the time.
 */
export async function readSupervisor(path: string): Promise<ProcessId | undefined> {
  const id = await readJson(path);
  return isProcess(id) ? id : undefined;
}

export async function writeSupervisor(path: string, { pid, startTime }: ProcessId): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify({ pid, startTime })}\n`, 0o600);
}

async function readJson(path: string): Promise<unknown> {
  try {
    const text = await readTextIfThere(path);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Signalled, pid 0 and the negative ones would reach whole groups of processes. */
function isProcess(value: unknown): value is ProcessId {
  const { pid, startTime } = (value ?? {}) as Partial<Record<keyof ProcessId, unknown>>;
  return Number.isInteger(pid) && Number(pid) > 0 && typeof startTime === 'string';
}
