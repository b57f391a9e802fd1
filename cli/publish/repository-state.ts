import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';

/** Where this clone stands. */
export interface RepositoryState {
  /** Full hash of HEAD. */
  readonly head: string;
  /** undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** Paths with uncommitted changes, relative to the root. */
  readonly changed: readonly string[];
}

/** What git leaves in its folder while an operation waits for a person. */
const operations = [
  { file: 'MERGE_HEAD', name: 'merge', abort: 'git merge --abort', goOn: 'git commit' },
  { file: 'rebase-merge', name: 'rebase', abort: 'git rebase --abort', goOn: 'git rebase --continue' },
  { file: 'rebase-apply', name: 'rebase', abort: 'git rebase --abort', goOn: 'git rebase --continue' },
  {
    file: 'CHERRY_PICK_HEAD',
    name: 'cherry-pick',
    abort: 'git cherry-pick --abort',
    goOn: 'git cherry-pick --continue',
  },
  { file: 'REVERT_HEAD', name: 'revert', abort: 'git revert --abort', goOn: 'git revert --continue' },
] as const;

/**
 * Reads where the clone stands.
 *
 * @throws {PlatformError} GIT_UNUSABLE when the root is no git repository of its own, or has no commit yet.
 */
export async function readRepositoryState({
  root,
  run,
}: Pick<Deps, 'root' | 'run'>): Promise<RepositoryState> {
  const git = gitIn(run, root);
  const inside = await git.run(['rev-parse', '--show-prefix'], { okExitCodes: [0, 128] });
  if (inside.exitCode !== 0) {
    const dubious = inside.stderr.includes('dubious ownership');
    throw new PlatformError(
      'GIT_UNUSABLE',
      dubious
        ? `${root} belongs to another user, so git refuses to read it`
        : `${root} is not a git repository`,
      dubious
        ? `git config --global --add safe.directory '${root}'`
        : `git init -b main && git add -A && git commit -m "Start"`,
    );
  }
  if (inside.stdout.trim() !== '') {
    throw new PlatformError(
      'GIT_UNUSABLE',
      `${root} is a folder inside another git repository (it has the prefix ${inside.stdout.trim()}), and Flux needs it to be one of its own`,
      'Clone the platform repository by itself, outside of the other one',
    );
  }
  const head = await git.revParse('HEAD');
  if (head === undefined) {
    throw new PlatformError(
      'GIT_UNUSABLE',
      'the repository has no commit yet',
      'git add -A && git commit -m "Start"',
    );
  }
  return { head, branch: await git.branch(), changed: await git.changedPaths() };
}

/**
 * Refuses states in which a commit of ours would land in the middle of somebody's work.
 *
 * @throws {PlatformError} GIT_UNUSABLE
 */
export async function requireCommittable(
  deps: Pick<Deps, 'root' | 'run'>,
  state: RepositoryState,
): Promise<void> {
  const git = gitIn(deps.run, deps.root);
  if (state.branch === undefined) {
    throw new PlatformError(
      'GIT_UNUSABLE',
      `HEAD is detached at ${state.head.slice(0, 7)}, so a commit would belong to no branch`,
      'git switch main',
    );
  }
  for (const { file, name, abort, goOn } of operations) {
    const path = (await git.run(['rev-parse', '--git-path', file])).stdout.trim();
    if (await exists(path.startsWith('/') ? path : join(deps.root, path))) {
      throw new PlatformError(
        'GIT_UNUSABLE',
        `a ${name} is in progress in this clone`,
        `${goOn}  # or: ${abort}`,
      );
    }
  }
  const identity = await git.run(['var', 'GIT_COMMITTER_IDENT'], { okExitCodes: [0, 128] });
  if (identity.exitCode !== 0) {
    throw new PlatformError(
      'GIT_UNUSABLE',
      'git does not know who commits',
      'git config --global user.name "Your Name" && git config --global user.email you@example.com',
    );
  }
}
