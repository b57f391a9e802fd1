import { basename, dirname } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import type { Clock } from '../../ports/clock.ts';
import { remove } from '../../ports/files.ts';
import { lastLines } from '../../ports/logs.ts';
import { freeBytes } from '../../ports/machine.ts';
import {
  type ProcessId,
  askToEnd,
  isRunning,
  signalProcess,
  startDetachedNode,
  startTimeOf,
} from '../../ports/processes.ts';
import { quote } from '../../ports/run.ts';
import { endOrphans } from './orphans.ts';
import type { StateDirectory } from '../state-directory.ts';
import type { PartStatus, SupervisorStatus } from './plan.ts';
import { readStatusFile, readSupervisor, writeStatusFile } from './status-file.ts';

/** Intervals and deadlines, in milliseconds. */
const pollMs = 100;
const supervisorStartMs = 15_000;
const stopMs = 120_000;
/** Below this, a part cannot even say in its log that the disk is full. */
const leastFreeBytes = 1024 * 1024;
/** A part that ended this often in a row without having been ready is not worth waiting for. */
const hopelessStarts = 4;

/** undefined when no supervisor ever ran here, or its file is damaged: {@link lastSupervisor} tells the two apart. */
export async function readStatus({ status }: StateDirectory): Promise<SupervisorStatus | undefined> {
  return readStatusFile(status);
}

/** The process that supervises, or did last, also where the status file is damaged. */
export async function lastSupervisor(directory: StateDirectory): Promise<ProcessId | undefined> {
  return (await readStatus(directory))?.supervisor ?? (await readSupervisor(directory.supervisorId));
}

export async function isSupervised(status: SupervisorStatus | undefined): Promise<boolean> {
  return status !== undefined && status.state !== 'stopped' && isRunning(status.supervisor);
}

export function processOf({ pid, startTime }: PartStatus): ProcessId | undefined {
  return pid === undefined || startTime === undefined ? undefined : { pid, startTime };
}

/**
 * Starts the supervisor of a plan that was written before.
 *
 * @param path Folders of PATH.
 * @throws {PlatformError} ENGINE_FAILED when it ends, or does not report within 15 s.
 */
export async function startSupervisor(
  clock: Clock,
  directory: StateDirectory,
  path: readonly string[],
): Promise<void> {
  const pid = startDetachedNode({
    args: [directory.supervisorProgram, directory.run],
    env: { PATH: path.join(':'), HOME: directory.root, TMPDIR: directory.temporary },
    cwd: directory.run,
    log: directory.supervisorLog,
  });
  const deadline = clock.elapsed() + supervisorStartMs;
  while (clock.elapsed() < deadline) {
    const status = await readStatus(directory);
    if (pid === undefined || (await startTimeOf(pid)) === undefined) break;
    if (status?.supervisor.pid === pid && (await isRunning(status.supervisor))) return;
    await clock.sleep(pollMs);
  }
  throw await failed('the supervisor', 'did not start', directory.supervisorLog);
}

/** Whether a part does what is to be done: one that nothing needs has nothing to do. */
export function isInPlace({ ready, state }: PartStatus): boolean {
  return ready || state === 'idle';
}

/**
 * Waits until every named part was ready, or is not needed.
 *
 * @throws {PlatformError} ENGINE_FAILED naming the part that is not, with its log's last lines, when the deadline passes,
 *   a part keeps ending before it is ready, or the supervisor ends.
 */
export async function waitForParts(
  clock: Clock,
  directory: StateDirectory,
  names: readonly string[],
  timeoutMs: number,
  say: (detail: string) => void,
): Promise<void> {
  const deadline = clock.elapsed() + timeoutMs;
  for (;;) {
    const status = await readStatus(directory);
    if (!(await isSupervised(status))) throw await failed('the supervisor', 'ended', directory.supervisorLog);
    const parts = names.map(
      (name) => status?.parts.find((part) => part.name === name) ?? noSuchPart(directory, name),
    );
    const missing = parts.filter((part) => !isInPlace(part));
    if (missing.length === 0) return;
    const hopeless = missing.find(isHopeless);
    if (hopeless) {
      const what = `keeps ending (${hopeless.lastExit?.reason ?? ''})`;
      const cure = hopeless.name === 'etcd' ? rebuildOf(directory) : undefined;
      throw await failed(hopeless.name, what, hopeless.log, cure);
    }
    const culprit = missing.find((part) => part.state !== 'waiting') ?? missing[0];
    if (clock.elapsed() >= deadline && culprit) {
      throw await failed(culprit.name, `was not ready within ${String(timeoutMs / 1000)} s`, culprit.log);
    }
    const again = culprit?.failedStarts ? ` (it keeps ending: ${culprit.lastExit?.reason ?? ''})` : '';
    say(
      `${String(names.length - missing.length)}/${String(names.length)} ready, waiting for ${culprit?.name ?? ''}${again}`,
    );
    await clock.sleep(pollMs);
  }
}

/** etcd that gets its ports and its programs anew and still ends has damaged data: git has all that was in it. */
function rebuildOf({ root }: StateDirectory): string {
  const name = basename(root);
  return `or, if its data is damaged, take the cluster from git again: platform delete ${name} --confirm ${name} && platform bootstrap ${name}`;
}

function isHopeless({ failedStarts = 0 }: PartStatus): boolean {
  return failedStarts >= hopelessStarts;
}

/** Whether a part ends again and again: with another port or program it may not. */
export function crashLoops(status: SupervisorStatus | undefined): boolean {
  return status?.parts.some(isHopeless) ?? false;
}

function noSuchPart({ root }: StateDirectory, name: string): never {
  const environment = basename(root);
  throw new PlatformError(
    'ENGINE_FAILED',
    `${name} is no part of the running cluster: another version of this program started it`,
    `platform stop ${environment} && platform start ${environment}`,
  );
}

/**
 * Ends the supervisor with all its parts, and whatever a killed supervisor left behind; the status file says so after.
 * Absent is fine.
 */
export async function stopSupervisor(
  clock: Clock,
  directory: StateDirectory,
  say: (detail: string) => void,
): Promise<void> {
  const supervisor = await lastSupervisor(directory);
  if (supervisor !== undefined) {
    await askToEnd(supervisor);
    const deadline = clock.elapsed() + stopMs;
    while ((await isRunning(supervisor)) && clock.elapsed() < deadline) {
      const left = (await readStatus(directory))?.parts.filter((part) => part.state !== 'stopped') ?? [];
      say(`${String(left.length)} parts left${left.length > 0 ? `, ending ${left.at(-1)?.name ?? ''}` : ''}`);
      await clock.sleep(pollMs);
    }
    await signalProcess(supervisor, 'SIGKILL');
  }
  await endOrphans(clock, directory);
  if (supervisor !== undefined) await noteStopped(directory);
}

/** A supervisor that was killed could not say that it stopped. */
async function noteStopped(directory: StateDirectory): Promise<void> {
  const status = await readStatus(directory);
  if (status === undefined) return remove(directory.status); // damaged: what it told is over
  if (status.state === 'stopped') return;
  const parts = status.parts.map((part): PartStatus => ({
    ...part,
    state: 'stopped',
    ready: false,
    pid: undefined,
    startTime: undefined,
  }));
  // On a full disk it must still be possible to delete a cluster; that nothing is alive can be seen without the file.
  await writeStatusFile(directory.status, { ...status, state: 'stopped', parts }).catch(() => undefined);
}

async function failed(
  part: string,
  what: string,
  log: string,
  cure = 'then run the same command again',
): Promise<PlatformError> {
  if ((await freeBytes(log)) < leastFreeBytes) {
    const message = `${part} ${what}: the disk that its data lies on is full`;
    return new PlatformError('DISK_FULL', message, `df -h ${quote(dirname(log))}`, { log });
  }
  const lines = (await lastLines(log, 20)).filter((line) => line.trim() !== '');
  return new PlatformError(
    'ENGINE_FAILED',
    `${part} ${what}${lines.length > 0 ? `; the end of its log:\n${lines.join('\n')}` : ''}`,
    `Read ${log}, ${cure}`,
    { log },
  );
}
