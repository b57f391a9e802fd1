import type { Clock } from '../../ports/clock.ts';
import { processesWithVariable } from '../../ports/find-processes.ts';
import { type ProcessId, askToEnd, isRunning, signalProcess } from '../../ports/processes.ts';
import type { StateDirectory } from './state-directory.ts';

/** In milliseconds. */
const pollMs = 100;
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

/** Ends what a killed supervisor left running, the youngest first, as nobody else does it. */
export async function endOrphans(clock: Clock, directory: StateDirectory): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const orphans = await orphansOf(directory);
    if (orphans.length === 0) return;
    for (const orphan of orphans) {
      if (!(await askToEnd(orphan))) continue;
      const deadline = clock.elapsed() + graceMs;
      while ((await isRunning(orphan)) && clock.elapsed() < deadline) await clock.sleep(pollMs);
      await signalProcess(orphan, 'SIGKILL');
    }
  }
}

/** Lets every process of the cluster go on that somebody has frozen (SIGSTOP). */
export async function wakeFrozen(directory: StateDirectory): Promise<void> {
  for (const process of await orphansOf(directory)) await signalProcess(process, 'SIGCONT');
}
