import { errorCodes, type ErrorCode, type ExitCode } from './codes.ts';

/** Where a person can change what is wrong. `line` and `column` count from 1. */
export interface Place {
  /** Relative to the repository root, with forward slashes; absolute for files outside it. */
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** One thing that is wrong, for failures that list several at once. */
export interface Detail {
  readonly place?: Place | undefined;
  readonly message: string;
  /** What to write instead, where this detail has its own answer. */
  readonly hint?: string | undefined;
}

export interface PlatformErrorOptions extends ErrorOptions {
  readonly details?: readonly Detail[] | undefined;
  /** The log to read for more: an absolute path. */
  readonly log?: string | undefined;
}

/** A failure its reader can act on. Any other error that escapes is a bug in this program. */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  /** The next thing to type or edit. Required, so that no error ships without one. */
  readonly hint: string;
  readonly details: readonly Detail[];
  readonly log: string | undefined;

  /**
   * @param message What failed and why, in one sentence without a trailing full stop. Never holds a secret.
   * @param hint    A command to paste or an edit to make.
   */
  constructor(code: ErrorCode, message: string, hint: string, options: PlatformErrorOptions = {}) {
    super(message, options);
    this.name = 'PlatformError';
    this.code = code;
    this.hint = hint;
    this.details = options.details ?? [];
    this.log = options.log;
  }

  get exitCode(): ExitCode {
    return errorCodes[this.code].exit;
  }
}

/** `file:line:column`, as editors and terminals make it clickable. */
export function formatPlace({ file, line, column }: Place): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
}
