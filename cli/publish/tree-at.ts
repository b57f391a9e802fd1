import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { withSideFolder } from '../ports/side-folder.ts';

const deadlineMs = 60_000;

/**
 * Lends a copy of the repository as it was at a revision, and removes it when the work is over. Made by git with an index
 * of its own: the working tree, the index and the list of worktrees stay as they are.
 *
 * @param revision Whatever git understands: `HEAD`, a branch, a commit.
 * @param work     Gets the copy's counterpart of `deps.root`.
 * @throws {PlatformError} GIT_UNUSABLE when there is no such commit.
 */
export async function withTreeAt<T>(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  revision: string,
  work: (tree: string) => Promise<T>,
): Promise<T> {
  const commit = await resolveCommit({ root, run }, revision);
  return withSideFolder(async (side) => {
    const env = { GIT_INDEX_FILE: join(side, 'index') };
    const git = async (args: readonly string[]): Promise<string> =>
      (await run({ tool: 'git', args: ['-C', root, ...args], env, timeoutMs: deadlineMs })).stdout;
    const prefix = (await git(['rev-parse', '--show-prefix'])).trim(); // where root lies in a larger repository
    await git(['read-tree', commit]);
    // --all works on the folder it is started in and below; that is the root.
    await git(['checkout-index', '--all', `--prefix=${join(side, 'tree')}/`]);
    return work(join(side, 'tree', prefix));
  });
}

/** The 40 hex digits of the commit that a revision means. */
async function resolveCommit({ root, run }: Pick<Deps, 'root' | 'run'>, revision: string): Promise<string> {
  const { stdout, exitCode } = revision.startsWith('-')
    ? { stdout: '', exitCode: 1 }
    : await run({
        tool: 'git',
        args: ['-C', root, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`],
        timeoutMs: deadlineMs,
        okExitCodes: [0, 1, 128],
      });
  if (exitCode === 0) return stdout.trim();
  throw new PlatformError(
    'GIT_UNUSABLE',
    `there is no commit ${revision} in ${root}`,
    revision === 'HEAD'
      ? 'Make the first commit: git add --all && git commit --message "first"'
      : 'git log --oneline --all',
  );
}
