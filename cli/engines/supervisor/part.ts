import type { Clock } from '../../ports/clock.ts';
import { type RunningProcess, askToEnd, signalProcess, startProcess } from '../../ports/processes.ts';
import type { PartPlan, Probe, Timing } from './plan.ts';
import type { Report } from './report.ts';

export interface PartDeps {
  readonly clock: Clock;
  readonly report: Report;
  readonly timing: Timing;
  readonly probe: (probe: Probe) => Promise<boolean>;
  /** Working directory of every part. */
  readonly directory: string;
  /** When the supervisor started, by `clock.elapsed()`. */
  readonly startedAt: number;
  /** Aborted when the cluster stops: no part is started any more. */
  readonly stopping: AbortSignal;
  /** Resolves when `stopping` is aborted: one promise for all, as each listener on a signal counts. */
  readonly stopped: Promise<void>;
}

/** One part that is kept running. */
export interface KeptPart {
  readonly name: string;
  /** Resolves when it was ready for the first time; never, if it never is. */
  readonly ready: Promise<void>;
  /** Ends the process: TERM, then KILL. Call only when `stopping` is aborted. */
  stop(): Promise<void>;
}

/**
 * Starts a part as soon as it may, and again whenever it ends, with a growing pause between, until the cluster stops.
 *
 * @param before The parts that must have been ready once.
 */
export function keepRunning(deps: PartDeps, plan: PartPlan, before: readonly KeptPart[]): KeptPart {
  const { clock, report, timing, stopping } = deps;
  let starting: Promise<RunningProcess | undefined> | undefined; // set in the same breath as the start, so that stop() misses none
  let markReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (markReady = resolve));
  const stops = (): boolean => stopping.aborted; // may turn true during any wait

  const until = async (probes: readonly Probe[]): Promise<void> => {
    for (const probe of probes)
      while (!(await deps.probe(probe))) await clock.sleep(timing.probeUntilReady, stopping);
  };

  const untilWanted = async (wanted: Probe): Promise<void> => {
    while (!(await deps.probe(wanted))) {
      if (report.part(plan.name).state !== 'idle') await report.update(plan.name, { state: 'idle' });
      await clock.sleep(timing.probeWhenIdle, stopping);
    }
  };

  const run = async (): Promise<{ reason: string; wasReady: boolean }> => {
    let failure = '';
    starting = startProcess({ ...plan, cwd: deps.directory }).catch((error: unknown) => {
      failure = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    const running = await starting;
    // Its log cannot be opened, or there are too many open files: that may pass, as what ends a process may.
    if (!running) return { reason: `could not be started: ${failure}`, wasReady: false };
    await report.update(plan.name, { state: 'starting', ready: false, ...running.id });
    const ended = new AbortController();
    const watching = watchReadiness(deps, plan, running, ended.signal, markReady);
    const reason = await running.exited;
    ended.abort();
    return { reason, wasReady: await watching };
  };

  const live = async (): Promise<void> => {
    await Promise.race([Promise.all(before.map(async (part) => part.ready)), deps.stopped]);
    let pause = timing.firstBackOff;
    while (!stops()) {
      await until(plan.when);
      if (plan.wanted) await untilWanted(plan.wanted);
      if (stops()) break;
      const started = clock.elapsed();
      const { reason, wasReady } = await run();
      if (stops()) break;
      if (clock.elapsed() - started >= timing.healthyAfter) pause = timing.firstBackOff;
      const lastExit = { reason, at: new Date(clock.now()).toISOString() };
      await report.update(plan.name, {
        state: 'restarting',
        ready: false,
        failedStarts: wasReady ? 0 : (report.part(plan.name).failedStarts ?? 0) + 1,
        lastExit,
        pid: undefined,
        startTime: undefined,
      });
      await report.event(`${plan.name} ended unasked (${reason}); starts again in ${String(pause)} ms`);
      await clock.sleep(pause, stopping);
      await report.update(plan.name, { restarts: report.part(plan.name).restarts + 1 });
      pause = Math.min(pause * 2, timing.longestBackOff);
    }
  };

  const done = live().catch(async (error: unknown) => {
    if (!stops()) await report.event(`${plan.name} cannot be kept running: ${String(error)}`);
  });

  return {
    name: plan.name,
    ready,
    stop: async () => {
      const running = await starting;
      if (running && (await askToEnd(running.id))) {
        const patience = new AbortController();
        const late = clock.sleep(timing.grace, patience.signal).then(
          () => undefined,
          () => 'in time',
        );
        const inTime = await Promise.race([running.exited, late]);
        patience.abort(); // or its timer would hold the supervisor
        if (inTime === undefined) {
          await report.event(`${plan.name} did not end within ${String(timing.grace)} ms and was killed`);
          await signalProcess(running.id, 'SIGKILL');
          await running.exited;
        }
      }
      await done;
      await report.update(plan.name, {
        state: 'stopped',
        ready: false,
        pid: undefined,
        startTime: undefined,
      });
    },
  };
}

/** @returns Whether it was ready before it ended. */
async function watchReadiness(
  { clock, report, timing, probe, startedAt, stopping }: PartDeps,
  plan: PartPlan,
  running: RunningProcess,
  ended: AbortSignal,
  markReady: () => void,
): Promise<boolean> {
  let [ready, wasReady] = [false, false];
  let silentSince = clock.elapsed();
  const hasEnded = (): boolean => ended.aborted;
  while (!hasEnded()) {
    const answer = plan.ready === undefined || (await probe(plan.ready));
    if (hasEnded()) break;
    if (answer !== ready && !stopping.aborted) {
      ready = answer;
      wasReady ||= ready;
      const readyAfterMs = report.part(plan.name).readyAfterMs ?? Math.round(clock.elapsed() - startedAt);
      await report.update(plan.name, {
        state: 'running',
        ready,
        readyAfterMs,
        ...(ready ? { failedStarts: 0 } : {}),
      });
      if (ready) markReady();
      await report.event(`${plan.name} ${ready ? 'is ready' : 'does not answer'}`);
    }
    // Whoever waits for a part that is not ready is not to blame for its own silence.
    const innocent = ready || plan.after.some((name) => !report.part(name).ready);
    if (innocent) silentSince = clock.elapsed();
    else if (clock.elapsed() - silentSince > timing.readyWithin && !stopping.aborted) {
      await report.event(`${plan.name} did not answer for ${String(timing.readyWithin)} ms and is killed`);
      await signalProcess(running.id, 'SIGKILL');
      break;
    }
    await clock.sleep(ready ? timing.probeWhenReady : timing.probeUntilReady, ended).catch(() => undefined);
  }
  return wasReady;
}
