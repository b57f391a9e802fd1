import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, isDirectory } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { quote } from '../ports/run.ts';

type GitDeps = Pick<Deps, 'root' | 'run'>;

/** Where this clone stands. */
export interface RepositoryState {
  /** Full hash of HEAD. */
  readonly head: string;
  /** undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** Paths with uncommitted changes, relative to the root. */
  readonly changed: readonly string[];
}

/**
 * Reads where the clone stands.
 *
 * @throws {PlatformError} GIT_UNUSABLE when the root is no git repository of its own, is damaged, or has no commit yet.
 */
export async function readRepositoryState(deps: GitDeps): Promise<RepositoryState> {
  const position = gitIn(deps.run, deps.root).position();
  position.catch(() => undefined); // whether this is a repository at all is asked at the same time, and told first
  const prefix = await requireRepository(deps);
  if (prefix !== '') {
    throw unusable(
      `${deps.root} is a folder inside another git repository (it has the prefix ${prefix}), and Flux needs it to be one of its own`,
      'Clone the platform repository by itself, outside of the other one',
    );
  }
  try {
    const { head, ...rest } = await position;
    return { head: head ?? (await requireHead(deps)), ...rest };
  } catch (error) {
    await requireHead(deps); // says more than that files could not be compared with it
    throw notComparable(deps, error);
  }
}

/**
 * @returns Where the root lies in its repository: empty, or a path that ends with a slash.
 * @throws {PlatformError} GIT_UNUSABLE when git does not read it.
 */
export async function requireRepository({ root, run }: GitDeps): Promise<string> {
  const { exitCode, stdout, stderr } = await gitIn(run, root).run(
    ['rev-parse', '--is-bare-repository', '--show-prefix'],
    { okExitCodes: [0, 128] },
  );
  const [bare, prefix = ''] = stdout.split('\n');
  if (exitCode === 0 && bare === 'true') {
    throw unusable(
      `git takes ${root} for a bare repository, which has no files to publish`,
      'git config core.bare false',
    );
  }
  if (exitCode === 0) return prefix;
  if (stderr.includes('dubious ownership')) {
    throw unusable(
      `${root} belongs to another user, so git refuses to read it`,
      `git config --global --add safe.directory ${quote(root)}`,
    );
  }
  const folder = join(root, '.git');
  if (!stderr.includes('not a git repository')) {
    throw unusable(
      `git cannot read ${root}: ${lastLine(stderr)}`,
      `Mend what git names; see ${join(folder, 'config')}`,
    );
  }
  if (!(await exists(folder))) {
    throw unusable(
      `${root} is not a git repository`,
      'git init -b main && git add -A && git commit -m "Start"',
    );
  }
  throw (await isDirectory(folder))
    ? unusable(
        `${folder} is damaged: git does not take it for a repository; most often its HEAD is`,
        `echo "ref: refs/heads/main" > ${quote(join(folder, 'HEAD'))}  # or clone the repository anew`,
      )
    : unusable(
        `${folder} points at a repository that is not there`,
        'Run git worktree repair in the main clone, or clone the repository anew',
      );
}

/**
 * @returns The full hash of HEAD.
 * @throws {PlatformError} GIT_UNUSABLE when there is no commit.
 */
export async function requireHead({ root, run }: GitDeps): Promise<string> {
  const git = gitIn(run, root);
  const head = await git.revParse('HEAD');
  if (head !== undefined) return head;
  const okExitCodes = [0, 1, 128];
  const named = (await git.run(['rev-parse', '--verify', '--quiet', 'HEAD'], { okExitCodes })).stdout.trim();
  if (named !== '') {
    throw unusable(
      `HEAD is at ${named.slice(0, 7)}, a commit that this clone has lost`,
      'git fsck --full  # then fetch it from another clone, or clone anew',
    );
  }
  const { stdout } = await git.run(['for-each-ref', '--count=1', '--format=%(refname:short)', 'refs/heads'], {
    okExitCodes,
  });
  if (stdout.trim() !== '') {
    throw unusable(
      `HEAD is on ${(await git.branch()) ?? 'a branch'}, which has no commit`,
      `git switch ${quote(stdout.trim())}`,
    );
  }
  throw unusable('the repository has no commit yet', 'git add -A && git commit -m "Start"');
}

function notComparable({ root }: GitDeps, error: unknown): unknown {
  if (!(error instanceof PlatformError && error.code === 'TOOL_FAILED')) return error;
  const index = /\bindex\b/.test(lastLine(error.message));
  return unusable(
    `git cannot compare the files of ${root} with its commit: ${lastLine(error.message)}`,
    index ? 'rm .git/index && git reset  # your files stay as they are' : 'git fsck --full',
    error,
  );
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function unusable(message: string, hint: string, cause?: unknown): PlatformError {
  return new PlatformError('GIT_UNUSABLE', message, hint, { cause });
}
