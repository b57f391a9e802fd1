import { isatty } from 'node:tty';
import type { Colors } from 'picocolors/types.js';
import picocolors from 'picocolors';

/** The two output streams and the keyboard, with what each can show. */
export interface Terminal {
  /** The answer: a table or JSON. */
  out(text: string): void;
  /** The story: progress, warnings, errors. */
  err(text: string): void;
  /** Colours for each stream; functions that change nothing where colour is off. */
  readonly outColors: Colors;
  readonly errColors: Colors;
  /** True where standard error is a terminal that can redraw a line: not in CI, not with TERM=dumb. */
  readonly live: boolean;
  /** False where the locale is not UTF-8: use ASCII marks. */
  readonly unicode: boolean;
  /** Columns of standard error; 80 where it is no terminal. */
  readonly columns: number;
  /** Columns of standard output; undefined where it is no terminal, and lines are to be left whole for other programs. */
  readonly outColumns: number | undefined;
  /** True where standard output is a terminal, also one that does not tell its width. */
  readonly outIsTerminal: boolean;
  /** True where a person can be asked: standard input and standard error are terminals. */
  readonly canAsk: boolean;
  /**
   * Asks on standard error and gives the trimmed answer; empty when the input ends (Ctrl-D). Ctrl-C at a question is the
   * Ctrl-C of the command. Call only where `canAsk`.
   */
  ask(question: string): Promise<string>;
  /** The whole of standard input, for values that must not be in the process list. */
  readInput(): Promise<string>;
}

export function systemTerminal(env: NodeJS.ProcessEnv, noColor: boolean): Terminal {
  const set = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]); // empty is unset
  const locale = set('LC_ALL') ?? set('LC_CTYPE') ?? set('LANG') ?? 'C.UTF-8';
  const dumb = env['TERM'] === 'dumb' || !['false', '0'].includes(set('CI') ?? 'false');
  const colours = (stream: NodeJS.WriteStream): boolean => {
    if (noColor || set('NO_COLOR') !== undefined) return false;
    if (set('FORCE_COLOR') !== undefined) return env['FORCE_COLOR'] !== '0';
    // undefined on a pipe, and picocolors then asks the environment itself: CI would count as a terminal
    return (stream.isTTY as boolean | undefined) === true && env['TERM'] !== 'dumb';
  };
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outColors: picocolors.createColors(colours(process.stdout)),
    errColors: picocolors.createColors(colours(process.stderr)),
    live: process.stderr.isTTY && !dumb,
    unicode: /utf-?8/i.test(locale),
    get columns() {
      return process.stderr.isTTY && process.stderr.columns > 0 ? process.stderr.columns : 80;
    },
    outColumns:
      process.stdout.isTTY && process.stdout.columns > 0 && !dumb ? process.stdout.columns : undefined,
    outIsTerminal: (process.stdout.isTTY as boolean | undefined) === true,
    canAsk: isatty(0) && process.stderr.isTTY, // process.stdin opens a stream, which most commands never need
    ask: async (question) => {
      const { createInterface } = await import('node:readline/promises'); // for the few commands that ask
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      // A question whose input ends is never settled by readline, and readline takes Ctrl-C for itself.
      const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      try {
        const answer = await Promise.race([lines.question(question), ended]);
        if (answer === undefined) process.stderr.write('\n');
        return (answer ?? '').trim();
      } finally {
        lines.close();
      }
    },
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
