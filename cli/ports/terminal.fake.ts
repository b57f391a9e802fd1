import picocolors from 'picocolors';
import type { Terminal } from './terminal.ts';

/** Keeps what was written; answers questions from a list and fails when it runs out. */
export function recordedTerminal(
  answers: string[] = [],
  options: {
    canAsk?: boolean;
    live?: boolean;
    columns?: number;
    outColumns?: number | undefined;
    outIsTerminal?: boolean;
  } = {},
): Terminal & { stdout: string; stderr: string } {
  const plain = picocolors.createColors(false);
  const terminal = {
    stdout: '',
    stderr: '',
    out: (text: string) => void (terminal.stdout += text),
    err: (text: string) => void (terminal.stderr += text),
    outColors: plain,
    errColors: plain,
    live: options.live ?? false,
    unicode: true,
    columns: options.columns ?? 80,
    outColumns: options.outColumns,
    outIsTerminal: options.outIsTerminal ?? options.outColumns !== undefined,
    canAsk: options.canAsk ?? false,
    ask: async (question: string) => {
      terminal.stderr += question;
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`unexpected question: ${question}`);
      return Promise.resolve(answer);
    },
    readInput: async () => Promise.resolve(answers.join('\n')),
  };
  return terminal;
}
