import { PlatformError } from '../../errors/platform-error.ts';
import type { Clock } from '../../ports/clock.ts';
import { processesWithVariable } from '../../ports/find-processes.ts';
import { type ProcessId, askToEnd, isRunning, signalProcess } from '../../ports/processes.ts';
import type { StateDirectory } from '../state-directory.ts';

/** In milliseconds. */
const pollMs = 100;
/** How long one has the machine to itself to end, before the next one is asked. */
const patienceMs = 1_000;
const graceMs = 15_000;
/** Ended parts are started again by a supervisor that is found later; more than a few rounds mean that something is wrong. */
const rounds = 3;

/**
 * Every process of a cluster that runs, supervisor included, the youngest first. All of them, and nothing else, have the
 * cluster's folder as HOME: no file is needed to find them, so a damaged record or a full disk hides none.
 */
export async function orphansOf({ root }: StateDirectory): Promise<ProcessId[]> {
  return processesWithVariable('HOME', root);
}

/**
 * Ends what a killed supervisor left running, as nobody else does it. The youngest is asked first, mostly one that uses the
 * others; an API server that was started again is younger than its clients, and ends only when they are gone.
 *
 * @throws {PlatformError} ENGINE_FAILED naming a process that not even SIGKILL ends.
 */
export async function endOrphans(clock: Clock, directory: StateDirectory): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const orphans = await orphansOf(directory);
    if (orphans.length === 0) return;
    for (const orphan of orphans) {
      if (await askToEnd(orphan)) await waitForEnd(clock, [orphan], patienceMs);
    }
    await waitForEnd(clock, orphans, graceMs);
    for (const orphan of orphans) await signalProcess(orphan, 'SIGKILL');
    await waitForEnd(clock, orphans, patienceMs);
  }
  const [left] = await orphansOf(directory);
  if (left === undefined) return;
  throw new PlatformError(
    'ENGINE_FAILED',
    `process ${String(left.pid)} of the cluster does not end`,
    `See what holds it: ps -fp ${String(left.pid)}`,
  );
}

/** Waits until all have ended, or the time is over. */
async function waitForEnd(clock: Clock, processes: readonly ProcessId[], timeoutMs: number): Promise<void> {
  const deadline = clock.elapsed() + timeoutMs;
  while (clock.elapsed() < deadline) {
    const running = await Promise.all(processes.map(isRunning));
    if (!running.includes(true)) return;
    await clock.sleep(pollMs);
  }
}

/** Lets every process of the cluster go on that somebody has frozen (SIGSTOP). */
export async function wakeFrozen(directory: StateDirectory): Promise<void> {
  for (const process of await orphansOf(directory)) await signalProcess(process, 'SIGCONT');
}
