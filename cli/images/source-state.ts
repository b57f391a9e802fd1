import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';

/** Which commit a folder is at. */
export interface SourceState {
  /** Full hash. */
  readonly revision: string;
  /** ISO 8601, when it was committed. */
  readonly committedAt: string;
  /** Uncommitted paths of the whole repository. */
  readonly changed: readonly string[];
  /** Address of the remote `origin`, as git has it. */
  readonly origin: string | undefined;
}

/**
 * @param revision Where it is given, files of the working tree do not count.
 * @returns undefined where the folder is in no git repository, or in one without a commit.
 */
export async function readSourceState(
  { run }: Pick<Deps, 'run'>,
  folder: string,
  revision?: string,
): Promise<SourceState | undefined> {
  const git = gitIn(run, folder);
  const { stdout, exitCode } = await git.run(['log', '-1', '--format=%H %cI', revision ?? 'HEAD', '--'], {
    okExitCodes: [0, 128],
  });
  const [commit = '', committedAt = ''] = stdout.trim().split(' ');
  if (exitCode !== 0 || commit === '') return undefined;
  const [changed, origin] = await Promise.all([
    revision === undefined ? git.changedPaths() : [],
    git.run(['config', '--get', 'remote.origin.url'], { okExitCodes: [0, 1] }),
  ]);
  const address = origin.stdout.trim();
  return { revision: commit, committedAt, changed, origin: address === '' ? undefined : address };
}
