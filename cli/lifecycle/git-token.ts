import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import type { Terminal } from '../ports/terminal.ts';

/** Longer than any host's tokens: whoever pipes in something else is told so. */
const longest = 4_096;

/**
 * What standard input holds, for {@link parseGitToken}.
 *
 * @throws {PlatformError} USAGE where that is a keyboard: what is typed would be shown.
 */
export async function readTokenInput(
  terminal: Pick<Terminal, 'canAsk' | 'readInput'>,
  environment: string,
): Promise<string> {
  if (!terminal.canAsk) return terminal.readInput();
  throw new PlatformError(
    'USAGE',
    'the token is to come from standard input, which is a terminal that would show it',
    `platform bootstrap ${environment} --git-token-stdin < token-file`,
  );
}

/**
 * The token in what was given on standard input.
 *
 * @throws {PlatformError} USAGE, without quoting what was given.
 */
export function parseGitToken(input: string, environment: string): string {
  const token = input.trim();
  if (isToken(token)) return token;
  throw new PlatformError(
    'USAGE',
    token === ''
      ? 'standard input is empty, and the token was to come from there'
      : 'standard input holds more than a token: one line without spaces is expected',
    `platform bootstrap ${environment} --git-token-stdin < token-file`,
  );
}

/**
 * @returns undefined when none is kept.
 * @throws {PlatformError} STATE_UNREADABLE when the file holds something else.
 */
export async function readGitToken(path: string): Promise<string | undefined> {
  const token = (await readTextIfThere(path))?.trim();
  if (token === undefined || isToken(token)) return token;
  throw new PlatformError('STATE_UNREADABLE', `${path} holds no token`, `rm ${quote(path)}`);
}

export async function keepGitToken(path: string, token: string): Promise<void> {
  await writeFileAtomically(path, `${token}\n`, 0o600);
}

function isToken(text: string): boolean {
  return text !== '' && text.length <= longest && /^[\x21-\x7e]+$/.test(text);
}
