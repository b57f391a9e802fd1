import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { readTextIfThere } from '../../ports/files.ts';
import { serveRepository } from '../../ports/git-http-server.ts';
import { capLog } from '../../ports/logs.ts';
import { isRunning, ownProcess } from '../../ports/processes.ts';
import { keepTemporary } from '../temporary-folder.ts';
import { checkedOut } from './checked-out.ts';
import { followBranch, requestReconcile } from './branch-watch.ts';
import { type KeptPart, type PartDeps, keepRunning } from './part.ts';
import { type SupervisorPlan, type SupervisorStatus, type Timing, logCapBytes } from './plan.ts';
import { probe } from './probe.ts';
import { reportTo } from './report.ts';
import { readStatusFile, readSupervisor, writeSupervisor } from './status-file.ts';

export interface SuperviseOptions {
  /** Holds supervisor.json, supervisor.pid, status.json and events.log: absolute. */
  readonly directory: string;
  readonly timing: Timing;
  readonly clock: Clock;
  /** Stop everything, and return. */
  readonly stopping: AbortSignal;
}

/**
 * Keeps the parts of one cluster running until told to stop.
 *
 * @throws When another supervisor works on this directory, or its port is taken: nothing was started then.
 */
export async function supervise({ directory, timing, clock, stopping }: SuperviseOptions): Promise<void> {
  const plan = JSON.parse(
    (await readTextIfThere(join(directory, 'supervisor.json'))) ?? '',
  ) as SupervisorPlan;
  const files = { status: join(directory, 'status.json'), events: join(directory, 'events.log') };
  const idFile = join(directory, 'supervisor.pid');
  const last = await readStatusFile(files.status);
  const other = last ? last.state === 'running' && last.supervisor : await readSupervisor(idFile);
  if (other && (await isRunning(other))) {
    throw new Error(`process ${String(other.pid)} supervises this cluster already`);
  }
  const closeGit = await serveRepository(plan.git); // from here on, no second supervisor can come this far

  const own = await ownProcess();
  await writeSupervisor(idFile, own).catch(() => undefined); // as with the status: a full disk must not end the cluster
  const since = new Date(clock.now()).toISOString();
  const waiting = { state: 'waiting', ready: false, restarts: 0 } as const;
  const first: SupervisorStatus = {
    formatVersion: 1,
    supervisor: { ...own, since },
    state: 'running',
    parts: plan.parts.map(({ name, log }) => ({ name, log, ...waiting })),
  };
  const report = reportTo(files, first, () => clock.now());
  await report.setState('running');
  await report.event(`supervisor ${String(first.supervisor.pid)} started`);

  const stopped = new Promise<void>((resolve) =>
    stopping.addEventListener('abort', () => resolve(), { once: true }),
  );
  const deps = { clock, report, timing, probe, directory, startedAt: clock.elapsed(), stopping, stopped };
  const parts: KeptPart[] = [];
  for (const part of plan.parts) {
    parts.push(
      keepRunning(
        deps,
        part,
        parts.filter(({ name }) => part.after.includes(name)),
      ),
    );
  }
  const following = keepFollowing({ clock, report, timing, stopping }, plan);
  while (!stopping.aborted) {
    if (plan.temporary !== undefined) await keepTemporary(plan.temporary).catch(() => undefined);
    for (const log of [...plan.parts.map((part) => part.log), files.events])
      await capLog(log, logCapBytes).catch(() => undefined);
    await clock.sleep(timing.tidyEvery, stopping).catch(() => undefined);
  }

  await report.setState('stopping');
  await report.event('supervisor stops');
  for (const part of parts.reverse()) await part.stop();
  await following;
  await closeGit();
  await report.setState('stopped');
}

/** Wakes Flux at each push until the cluster stops, also after the branch could not be read for a while. Never rejects. */
async function keepFollowing(
  { clock, report, timing, stopping }: Pick<PartDeps, 'clock' | 'report' | 'timing' | 'stopping'>,
  { git, notify }: SupervisorPlan,
): Promise<void> {
  const onMove = async (commit: string): Promise<boolean> => {
    if (!(await requestReconcile(notify, clock.now(), await checkedOut(git, commit)))) return false;
    await report.event(`${git.branch} is at ${commit}; asked Flux to fetch it`);
    return true;
  };
  const watch = { ...git, clock, stopping, pollMs: timing.pollBranchEvery, onMove };
  let pause = timing.firstBackOff;
  for (let again = false; !stopping.aborted; again = true) {
    const started = clock.elapsed();
    try {
      // what was pushed while the branch could not be read is where this begins, and no move to it
      await Promise.all([
        followBranch(watch),
        again ? requestReconcile(notify, clock.now(), null) : undefined,
      ]);
    } catch (error) {
      if (clock.elapsed() - started >= timing.healthyAfter) pause = timing.firstBackOff;
      await report.event(
        `cannot follow ${git.branch} (${String(error)}); tries again in ${String(pause)} ms`,
      );
      await clock.sleep(pause, stopping).catch(() => undefined);
      pause = Math.min(pause * 2, timing.longestBackOff);
    }
  }
}
