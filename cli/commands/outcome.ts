import type { Command } from 'commander';
import type { ExitCode } from '../errors/codes.ts';
import type { Deps } from '../ports/deps.ts';

/** What a command has to say, once, at its end: `data` with --json, `text` without. */
export interface Outcome {
  /** Plain data of the documented shape; see docs/json.md. */
  readonly data: unknown;
  /** For people; ends without a newline. May be empty. */
  readonly text: string;
  /** 0 by default; 1 where the answer is no. Failures are thrown, not returned. */
  readonly exitCode?: ExitCode;
  readonly warnings?: readonly string[];
  /** At most three commands that make sense next; shown on standard error. */
  readonly next?: readonly string[];
}

/**
 * Wraps a command's action: makes the dependencies from the global options (-C, --json, --verbose), prints the outcome
 * or the error in one place, and sets the exit code.
 *
 * @param kind The `kind` of the JSON document, e.g. `RenderResult`.
 */
export type Handle = <Args extends unknown[]>(
  kind: string,
  action: (deps: Deps, ...args: Args) => Promise<Outcome>,
) => (...args: [...Args, Command]) => Promise<void>;
