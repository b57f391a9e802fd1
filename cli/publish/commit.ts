import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';

/**
 * Commits these paths as they are in the working tree, and nothing else: what a person has staged stays staged.
 *
 * @param paths Relative to the root; deleted ones too.
 * @returns The new commit's full hash; undefined when none of the paths differs from HEAD.
 */
export async function commitPaths(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  paths: readonly string[],
  message: string,
): Promise<string | undefined> {
  const git = gitIn(run, root);
  const changed = paths.length === 0 ? [] : await git.changedPaths(paths.map(literal));
  if (changed.length === 0) return undefined;
  const pathspecs = changed.map(literal).join('\0');
  // `commit --only` knows tracked paths alone, so new ones are made known first.
  await git.run(['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul'], { input: pathspecs });
  await git.run(
    ['commit', '--quiet', '--only', '-m', message, '--pathspec-from-file=-', '--pathspec-file-nul'],
    {
      input: pathspecs,
    },
  );
  return git.revParse('HEAD');
}

/** A file name is never a pattern here. */
function literal(path: string): string {
  return `:(literal)${path}`;
}
