import type { Place } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';

/** Who wrote a line last. */
export interface Blame {
  /** 40 hex digits. */
  readonly commit: string;
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  readonly subject: string;
}

/**
 * The commit that a line of a file comes from.
 *
 * @param revision The line is that of the file at this commit.
 * @returns undefined for a file that git does not have there.
 */
export async function blameLine(
  { run, root }: Pick<Deps, 'run' | 'root'>,
  revision: string,
  { file, line = 1 }: Place,
): Promise<Blame | undefined> {
  const args = ['blame', '--porcelain', '-L', `${line},${line}`, revision, '--', file];
  const { stdout, exitCode } = await gitIn(run, root).run(args, { okExitCodes: [0, 128] });
  if (exitCode !== 0) return undefined;
  const [first = '', ...rest] = stdout.split('\n');
  const field = (name: string): string =>
    rest.find((each) => each.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
  return {
    commit: first.split(' ')[0] ?? '',
    author: field('author'),
    at: new Date(Number(field('author-time')) * 1000).toISOString(),
    subject: field('summary'),
  };
}
