import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';

/** For hooks of the user, which may run tests, and for who types the password of a signing key. */
const hooksMs = 600_000;

/**
 * Commits these paths as they are in the working tree, and nothing else: what a person has staged stays staged.
 *
 * @param paths Relative to the root; deleted ones too.
 * @returns The new commit's full hash; undefined when none of the paths differs from HEAD.
 * @throws {PlatformError} GIT_UNUSABLE, with what git, or a hook of the user, had to say against it.
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
  const options = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const { exitCode, stderr } = await git.run(['commit', '--quiet', '--only', '-m', message, ...options], {
    input: pathspecs,
    okExitCodes: [0, 1, 128],
    timeoutMs: hooksMs,
  });
  if (exitCode !== 0) throw refused(stderr);
  return git.revParse('HEAD');
}

function refused(stderr: string): PlatformError {
  const why = stderr.trimEnd().split('\n').slice(-20).join('\n');
  return new PlatformError(
    'GIT_UNUSABLE',
    `git made no commit:\n${why === '' ? 'a hook of this repository refused it without a word' : why}`,
    /\b(gpg|sign|signing)\b/.test(why)
      ? 'Mend the signing key (git config user.signingkey), or: git config commit.gpgsign false'
      : 'Mend what it says, then run the same command again; what was rendered stays',
  );
}

/** A file name is never a pattern here. */
function literal(path: string): string {
  return `:(literal)${path}`;
}
