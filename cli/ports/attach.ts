import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Invocation, ToolName } from './run.ts';

/**
 * Runs an outside program on this process's own terminal, to its end: it reads the keyboard, and Ctrl-C reaches it.
 *
 * @param quietOutput Its standard output is thrown away: what it says there is no answer of ours.
 * @returns Its exit code; 128 and the signal's number where one ended it, as a shell says it.
 */
export type Attach = (
  call: Pick<Invocation, 'tool' | 'args' | 'env'>,
  quietOutput?: boolean,
) => Promise<number>;

export function attachWith(locate: (tool: ToolName) => Promise<string>): Attach {
  return async ({ tool, args, env }, quietOutput = false) => {
    const program = await locate(tool);
    const child = spawn(program, args, {
      stdio: ['inherit', quietOutput ? 'ignore' : 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const end = (): void => void child.kill(); // a signal to this process alone must not leave it behind
    process.once('exit', end);
    try {
      return await new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
      });
    } finally {
      process.off('exit', end);
    }
  };
}
