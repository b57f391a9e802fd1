import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { quote } from '../ports/run.ts';
import type { RepositoryState } from './repository-state.ts';

/** What git leaves in its folder while an operation waits for a person. */
const operations = {
  MERGE_HEAD: { name: 'merge', hint: 'git commit  # or: git merge --abort' },
  'rebase-merge': { name: 'rebase', hint: 'git rebase --continue  # or: git rebase --abort' },
  'rebase-apply': { name: 'rebase', hint: 'git rebase --continue  # or: git rebase --abort' },
  CHERRY_PICK_HEAD: {
    name: 'cherry-pick',
    hint: 'git cherry-pick --continue  # or: git cherry-pick --abort',
  },
  REVERT_HEAD: { name: 'revert', hint: 'git revert --continue  # or: git revert --abort' },
  BISECT_LOG: { name: 'bisect', hint: 'git bisect reset' },
} as const;

/**
 * Refuses states in which a commit of ours would land in the middle of somebody's work, or could not be made.
 *
 * @throws {PlatformError} GIT_UNUSABLE
 */
export async function requireCommittable(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  state: Pick<RepositoryState, 'head' | 'branch'>,
): Promise<void> {
  const git = gitIn(run, root);
  const names = [...Object.keys(operations), 'index.lock'];
  const { stdout } = await git.run(['rev-parse', ...names.flatMap((name) => ['--git-path', name])]);
  const found: string[] = [];
  for (const path of stdout.trim().split('\n')) {
    const absolute = path.startsWith('/') ? path : join(root, path);
    if (await exists(absolute)) found.push(absolute);
  }
  // First: a rebase and a bisect detach HEAD as well.
  for (const [file, { name, hint }] of Object.entries(operations)) {
    if (found.some((path) => path.endsWith(`/${file}`)))
      throw unusable(`a ${name} is in progress in this clone`, hint);
  }
  if (state.branch === undefined) {
    throw unusable(
      `HEAD is detached at ${state.head.slice(0, 7)}, so a commit would belong to no branch`,
      'git switch main',
    );
  }
  const lock = found.find((path) => path.endsWith('/index.lock'));
  if (lock !== undefined) {
    throw unusable(
      'another git command is changing this clone, or died while it did',
      `If no git is running: rm ${quote(lock)}`,
    );
  }
  const identity = await git.run(['var', 'GIT_COMMITTER_IDENT'], { okExitCodes: [0, 128] });
  if (identity.exitCode !== 0) {
    throw unusable(
      'git does not know who commits',
      'git config --global user.name "Your Name" && git config --global user.email you@example.com',
    );
  }
}

function unusable(message: string, hint: string): PlatformError {
  return new PlatformError('GIT_UNUSABLE', message, hint);
}
