import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

/**
 * One process for good: the system hands a pid out again, so a bare one may be somebody else's tomorrow. Checked
 * before every signal.
 */
export interface ProcessId {
  readonly pid: number;
  /** Opaque; only to compare. Linux: boot id and field 22 of /proc/<pid>/stat. Elsewhere: `lstart` of ps. */
  readonly startTime: string;
}

export interface ProcessStart {
  /** Absolute, or found on the PATH of `env`. */
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Both output streams are appended to it (0600), so that it can be cut short while the process runs. */
  readonly log: string;
}

export interface RunningProcess {
  readonly id: ProcessId;
  /** Resolves when it has ended: `exit code 1`, `signal SIGKILL`, `could not be started: …`. Never rejects. */
  readonly exited: Promise<string>;
}

/** undefined when no such process runs; one that has ended and waits for its parent (a zombie) does not run. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (platform() !== 'linux') return startTimeFromPs(pid);
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may hold blanks and brackets
  const [state, ticks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || ticks === undefined) return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.slice(0, 8)}:${ticks}`;
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  const ps = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
  }).catch(() => undefined);
  const [, state, start] = /^(\S+)\s+(.+?)\s*$/.exec(ps?.stdout ?? '') ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : start;
}

export async function isRunning({ pid, startTime }: ProcessId): Promise<boolean> {
  return (await startTimeOf(pid)) === startTime;
}

/** The process that executes this code. */
export async function ownProcess(): Promise<ProcessId> {
  return { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? 'unknown' };
}

/** @returns false when that very process does not run any more; nothing is signalled then. */
export async function signalProcess(id: ProcessId, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(id))) return false;
  try {
    process.kill(id.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Whether there is a process of this id now, whoever's: for names of temporary files, where a false yes does no harm. */
export function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Asks a process to end, also one that is frozen (SIGSTOP): it takes a request only when it goes on.
 *
 * @returns As {@link signalProcess}.
 */
export async function askToEnd(id: ProcessId): Promise<boolean> {
  return (await signalProcess(id, 'SIGTERM')) && signalProcess(id, 'SIGCONT').then(() => true);
}

/** Starts a process that is watched by this one and ends at the latest when told to; see {@link RunningProcess}. */
export async function startProcess(start: ProcessStart): Promise<RunningProcess> {
  const log = openSync(start.log, 'a', 0o600);
  try {
    const child = spawn(start.program, start.args, {
      cwd: start.cwd,
      env: start.env,
      stdio: ['ignore', log, log],
    });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        resolve(signal ? `signal ${signal}` : `exit code ${String(code)}`),
      );
    });
    const pid = child.pid ?? 0;
    return {
      id: { pid, startTime: (pid > 0 ? await startTimeOf(pid) : undefined) ?? 'ended at once' },
      exited,
    };
  } finally {
    closeSync(log);
  }
}

/**
 * Runs a JavaScript file with the Node of this process, in a session of its own: it outlives this process, and no
 * Ctrl-C reaches it.
 *
 * @returns Its pid; undefined when it could not be started.
 */
export function startDetachedNode(start: Omit<ProcessStart, 'program'>): number | undefined {
  const log = openSync(start.log, 'a', 0o600);
  try {
    const child = spawn(process.execPath, start.args, {
      cwd: start.cwd,
      env: start.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', () => undefined); // the caller waits for what it does, and says what is missing
    child.unref();
    return child.pid;
  } finally {
    closeSync(log);
  }
}
