import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { withLock } from '../ports/lock.ts';
import type { Environment } from '../values/environment.ts';
import { keptFiles } from './kept-files.ts';

/**
 * Runs work that changes a cluster while no other platform command changes it.
 *
 * @param waitMs How long to wait for the other one.
 * @throws {PlatformError} CLUSTER_BUSY
 */
export async function withClusterLock<T>(
  { locations, progress }: Pick<Deps, 'locations' | 'progress'>,
  { client, name }: Pick<Environment, 'client' | 'name'>,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const { lock } = keptFiles(locations, client, name);
  return withLock(
    lock,
    {
      waitMs,
      onWait: ({ pid }) => {
        progress.note(`waiting for another platform command that works on ${name} (pid ${pid})`);
      },
      busy: ({ pid }) =>
        new PlatformError(
          'CLUSTER_BUSY',
          `another platform command has been working on ${name} for ${waitMs / 1000} s`,
          `See what it is, and wait until it has ended: ps -f -p ${pid}`,
        ),
    },
    work,
  );
}
