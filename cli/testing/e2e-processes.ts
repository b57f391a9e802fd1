import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  /** The whole command line, as everyone on the machine can see it. */
  readonly args: string;
}

/**
 * Every process that was started with a path below this folder: on its command line, or (where the system lets us look)
 * in its environment, which is all that some controllers have of it.
 */
export function processesOf(folder: string): Process[] {
  const listed = execFileSync('ps', ['-e', '-ww', '-o', 'pid=,args='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split('\n').flatMap((line) => {
    const [, id = '', args = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    const pid = Number(id);
    if (pid === 0 || pid === process.pid) return [];
    return args.includes(folder) || environmentOf(pid).includes(folder) ? [{ pid, args }] : [];
  });
}

/** Kills each of them that has not ended by itself since it was listed. @returns All that were there. */
export function killProcessesOf(folder: string): Process[] {
  const found = processesOf(folder);
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return found;
}

/** Linux only; empty elsewhere, and for a process that is gone or not ours. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
