import { dirname, join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import { freeBytes } from '../ports/machine.ts';
import { quote } from '../ports/run.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import { requireHead, requireRepository } from './repository-state.ts';

/** In bytes. */
const almostNothing = 100_000;

/**
 * Lends a copy of the repository as it was at a revision, and removes it when the work is over. Made by git with an index
 * of its own: the working tree, the index and the list of worktrees stay as they are.
 *
 * @param revision Whatever git understands: `HEAD`, a branch, a commit.
 * @param work     Gets the copy's counterpart of `deps.root`.
 * @throws {PlatformError} GIT_UNUSABLE when there is no such commit; DISK_FULL.
 */
export async function withTreeAt<T>(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  revision: string,
  work: (tree: string) => Promise<T>,
): Promise<T> {
  const commit = await resolveCommit({ root, run }, revision);
  const git = gitIn(run, root);
  return withSideFolder(async (side) => {
    const env = { GIT_INDEX_FILE: join(side, 'index') };
    const prefix = (await git.run(['rev-parse', '--show-prefix'])).stdout.trim(); // where root lies in a larger repository
    try {
      await git.run(['read-tree', commit], { env });
      // --all works on the folder it is started in and below; that is the root.
      await git.run(['checkout-index', '--all', `--prefix=${join(side, 'tree')}/`], { env });
    } catch (error) {
      if ((await freeBytes(side)) > almostNothing) throw error; // git does not say that the disk is full
      const hint = `df -h ${quote(dirname(side))}  # or name another folder: export TMPDIR=<folder>`;
      throw new PlatformError('DISK_FULL', `no space left to write a copy of ${revision} to ${side}`, hint, {
        cause: error,
      });
    }
    return work(join(side, 'tree', prefix));
  });
}

/** The 40 hex digits of the commit that a revision means. */
async function resolveCommit(deps: Pick<Deps, 'root' | 'run'>, revision: string): Promise<string> {
  if (!revision.startsWith('-')) {
    const commit = await gitIn(deps.run, deps.root).revParse(revision);
    if (commit !== undefined) return commit;
    await requireRepository(deps);
    await requireHead(deps);
  }
  throw new PlatformError(
    'GIT_UNUSABLE',
    `there is no commit ${revision} in ${deps.root}`,
    'git log --oneline --all',
  );
}
