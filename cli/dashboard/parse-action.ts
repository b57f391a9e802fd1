import { PlatformError } from '../errors/platform-error.ts';
import { needsYes, verbs, type ActionRequest } from './action-data.ts';

/** Longest text of a field, in characters. */
const longest = 500;
const needed = ['verb', 'id', 'uid', 'resourceVersion'] as const;
const known: readonly string[] = [...needed, 'reason', 'until', 'confirm'];

/**
 * Takes what a page sent for an action: texts under known names, and nothing else.
 *
 * @throws {PlatformError} USAGE.
 */
export function parseAction(body: unknown): ActionRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw wrong('an action is an object');
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    if (!known.includes(name)) throw wrong(`an action has no ${name.slice(0, 40)}`);
    if (typeof value !== 'string' || value.length > longest)
      throw wrong(`${name} is a text of at most ${longest} characters`);
  }
  const request = body as Partial<ActionRequest>;
  for (const name of needed) if ((request[name] ?? '') === '') throw wrong(`an action needs ${name}`);
  if (!verbs.some((verb) => verb === request.verb)) throw wrong(`the verb is one of ${verbs.join(', ')}`);
  if (request.verb === 'suspend' && (request.reason ?? '').trim() === '')
    throw wrong('a suspension needs a reason');
  return request as ActionRequest;
}

/**
 * Whether it was said that it is meant: by the name of a protected environment, by `yes` for what goes on for long.
 *
 * @throws {PlatformError} NOT_CONFIRMED.
 */
export function requireConfirmed(
  { verb, confirm }: ActionRequest,
  environment: { readonly name: string; readonly protected: boolean },
): void {
  const { name } = environment;
  if (environment.protected && confirm !== name) {
    const why = `${name} is protected, and its name was not typed; nothing was done`;
    throw new PlatformError('NOT_CONFIRMED', why, `Type ${name}`);
  }
  if (!environment.protected && needsYes(verb) && confirm !== 'yes')
    throw new PlatformError(
      'NOT_CONFIRMED',
      `${verb} was not confirmed; nothing was done`,
      'Send confirm: yes',
    );
}

function wrong(message: string): PlatformError {
  return new PlatformError('USAGE', message, 'Open the page again: it may be of another version');
}
