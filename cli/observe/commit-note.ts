import { gitIn } from '../ports/git.ts';
import type { Run } from '../ports/run.ts';

/** One commit, for people. */
export interface CommitNote {
  readonly subject: string;
  readonly author: string;
  /** ISO 8601, when it was committed. */
  readonly at: string;
}

/** What git knows of a commit; undefined where this clone does not have it, as one that somebody else pushed. */
export async function readCommitNote(
  { run, root }: { readonly run: Run; readonly root: string },
  commit: string,
): Promise<CommitNote | undefined> {
  const { stdout, exitCode } = await gitIn(run, root).run(
    ['show', '--no-patch', '--format=%cI%x00%an%x00%s', commit],
    { okExitCodes: [0, 128] },
  );
  const [at = '', author = '', subject = ''] = stdout.trim().split('\0');
  return exitCode === 0 ? { at, author, subject } : undefined;
}
