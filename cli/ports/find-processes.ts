import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';
import { type ProcessId, startTimeOf } from './processes.ts';

/**
 * Every running process of ours that was started with this variable in its environment, the youngest first: what a process
 * began is found so without any record of it, whatever happened to the disk and to those who kept the record.
 */
export async function processesWithVariable(name: string, value: string): Promise<ProcessId[]> {
  const pids = platform() === 'linux' ? await pidsFromProc(name, value) : await pidsFromPs(name, value);
  const found = await Promise.all(
    pids.map(async (pid): Promise<ProcessId[]> => {
      const startTime = await startTimeOf(pid);
      return startTime === undefined ? [] : [{ pid, startTime }];
    }),
  );
  return found.flat().sort((a, b) => byAge(b, a));
}

async function pidsFromProc(name: string, value: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const matches = await Promise.all(
    pids.map(async (pid) => {
      // Of a stranger's process, or one that has ended, it cannot be read.
      const environment = await readFile(`/proc/${String(pid)}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(`${name}=${value}`);
    }),
  );
  return pids.filter((_, index) => matches[index]);
}

/** macOS and BSD: `-E` writes the environment behind the command line, each variable after a blank. */
async function pidsFromPs(name: string, value: string): Promise<number[]> {
  const ps = await promisify(execFile)('ps', ['-axEww', '-o', 'pid=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch(() => undefined);
  return (ps?.stdout ?? '').split('\n').flatMap((line) => {
    const pid = Number(/^\s*(\d+) /.exec(line)?.[1]);
    return pid > 0 && `${line} `.includes(` ${name}=${value} `) ? [pid] : [];
  });
}

/** Elsewhere than on Linux, start times cannot be compared for more than equality: pids are given out in order, mostly. */
function byAge(a: ProcessId, b: ProcessId): number {
  const ticks = ({ startTime }: ProcessId): number => Number(startTime.split(':').at(-1));
  return (platform() === 'linux' ? ticks(a) - ticks(b) : 0) || a.pid - b.pid;
}

/** Whether a process is frozen: by SIGSTOP, or Ctrl-Z where it has a terminal. */
export async function isFrozen(pid: number): Promise<boolean> {
  if (platform() !== 'linux') {
    const ps = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => undefined);
    return ps?.stdout.trimStart().startsWith('T') ?? false;
  }
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  return /^[Tt]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}
