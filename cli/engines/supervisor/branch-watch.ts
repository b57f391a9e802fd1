import { dirname, join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { readTextIfThere } from '../../ports/files.ts';
import { requestLoopback } from '../../ports/loopback.ts';
import { watchFolders } from '../../ports/watch.ts';
import { requestOf } from '../../reconcile/request-annotation.ts';
import type { SupervisorPlan } from './plan.ts';

/**
 * The commit that a branch of a bare repository points to, read from its files: loose refs win over packed ones.
 *
 * @returns undefined when there is no such repository or branch yet.
 * @see {@link https://git-scm.com/docs/gitrepository-layout}
 */
export async function readBranch(repository: string, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const loose = await readTextIfThere(join(repository, ref));
  if (loose !== undefined && /^[0-9a-f]{40,64}\s*$/.test(loose)) return loose.trim();
  const packed = await readTextIfThere(join(repository, 'packed-refs'));
  const line = packed?.split('\n').find((line) => line.endsWith(` ${ref}`));
  return line?.split(' ')[0];
}

export interface BranchWatch {
  readonly clock: Clock;
  readonly repository: string;
  readonly branch: string;
  readonly pollMs: number;
  readonly stopping: AbortSignal;
  /** Called with each new commit; called again at the next poll until it resolves to true. */
  readonly onMove: (commit: string) => Promise<boolean>;
}

/** Follows a branch until `stopping`: told by the file system within milliseconds, by polling at the latest. */
export async function followBranch(watch: BranchWatch): Promise<void> {
  const { clock, repository, branch, pollMs, stopping } = watch;
  let known = await readBranch(repository, branch);
  while (!stopping.aborted) {
    const changed = new AbortController();
    const unwatch = watchFolders([repository, dirname(join(repository, 'refs/heads', branch))], () =>
      changed.abort(),
    );
    const now = await readBranch(repository, branch);
    if (now !== undefined && now !== known && (await watch.onMove(now))) known = now;
    await clock.sleep(pollMs, changed.signal).catch(() => undefined);
    unwatch();
  }
}

/**
 * Asks Flux to fetch the repository now instead of at the next interval, by the annotation that `flux reconcile` sets.
 *
 * @param sparseCheckout What to check out, of each commit from now on; null: everything.
 * @returns false when the API server did not answer: worth another try. That there is no such object yet is fine: a
 *   new one is fetched at once.
 */
export async function requestReconcile(
  notify: SupervisorPlan['notify'],
  now: number,
  sparseCheckout: readonly string[] | null,
): Promise<boolean> {
  const { annotations } = requestOf(now);
  try {
    const { status } = await requestLoopback({
      ...notify,
      method: 'PATCH',
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: JSON.stringify({ metadata: { annotations }, spec: { sparseCheckout } }),
      timeoutMs: 5_000,
    });
    return status === 200 || status === 404;
  } catch {
    return false;
  }
}
