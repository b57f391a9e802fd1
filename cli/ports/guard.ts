import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Invocation, ToolName } from './run.ts';

/** An outside program that runs beside this one for a while. */
export interface GuardedProcess {
  readonly pid: number;
  /** Its exit code, 128 and the signal's number where one ended it. Never rejects: 127 where it could not be started. */
  readonly exited: Promise<number>;
  /** The last lines of its standard error so far, at most 20. */
  readonly lastErrors: () => string;
  /** Asks it to end (TERM), insists after 5 s (KILL), and waits until it has ended. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts an outside program that no end of this process outlives, SIGKILL included: a reader beside it holds the other end of
 * a pipe, which the system closes when this process is gone, and then sends TERM. It gets no Ctrl-C of the terminal.
 */
export type Guard = (
  call: Pick<Invocation, 'tool' | 'args' | 'env' | 'cwd'> & {
    /** Called with each line of standard output. */
    readonly onLine?: (line: string) => void;
  },
) => Promise<GuardedProcess>;

/** Time between TERM and KILL, in milliseconds. */
const graceMs = 5_000;

/**
 * `$$` stays the shell's id in the subshell, and is the program's own after exec. A line says that nothing is left to end; the
 * end of the pipe without one, that its writer is gone.
 */
const script = 'exec 3<&0; (read -r _ <&3 || kill "$$") >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

export function guardWith(locate: (tool: ToolName) => Promise<string>): Guard {
  return async ({ tool, args, env, cwd, onLine }) => {
    const program = await locate(tool);
    const child = spawn('sh', ['-c', script, 'sh', program, ...args], {
      stdio: 'pipe',
      detached: true, // its own group, which stop() ends with the reader beside it
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
    });
    const errors: string[] = [];
    eachLine(child.stdout, onLine ?? (() => undefined));
    eachLine(child.stderr, (line) => {
      errors.push(line);
      if (errors.length > 20) errors.shift();
    });
    child.stdin.on('error', () => undefined); // the reader is gone already
    const exited = new Promise<number>((resolve) => {
      child.once('error', () => resolve(127));
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
      child.once('exit', () => child.stdin.end('\n'));
    });
    const signal = (name: NodeJS.Signals): void => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-child.pid, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    return {
      pid: child.pid ?? 0,
      exited,
      lastErrors: () => errors.join('\n'),
      stop: async () => {
        signal('SIGTERM');
        const insist = setTimeout(() => signal('SIGKILL'), graceMs);
        await exited;
        clearTimeout(insist);
      },
    };
  };
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
