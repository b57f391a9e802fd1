import { PlatformError } from '../errors/platform-error.ts';

/** Every outside program that this one starts and waits for. `doctor` knows them all. */
export type ToolName =
  'git' | 'go' | 'docker' | 'kind' | 'kubectl' | 'kustomize' | 'sops' | 'age-keygen' | 'ssh-keygen' | 'k6';

/** One run of an outside program. */
export interface Invocation {
  readonly tool: ToolName;
  /** Passed as they are, never through a shell. No secret may be among them. */
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Standard input; closed at once when absent. The way in for secrets. */
  readonly input?: string | Uint8Array | undefined;
  /** Deadline in milliseconds, counted from the start; the whole process group is ended when it passes. */
  readonly timeoutMs: number;
  readonly okExitCodes?: readonly number[] | undefined;
  /** Called with each line of standard error while the program runs. */
  readonly onErrorLine?: ((line: string) => void) | undefined;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * Runs one outside program to its end.
 *
 * @throws {PlatformError} TOOL_MISSING, TOOL_TIMEOUT, or TOOL_FAILED with the command line to paste and the last
 *   20 lines of standard error.
 */
export type Run = (call: Invocation) => Promise<RunResult>;

/** Time between TERM and KILL for a process group that passed its deadline. */
const graceMs = 2_000;

const liveGroups = new Set<number>();

/** Sends a signal to every program that is running now: they lead their own groups and do not get Ctrl-C. */
export function signalRunning(signal: NodeJS.Signals): void {
  for (const pid of liveGroups) signalGroup(pid, signal);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** @param locate Gives the absolute path of a tool; see toolchain/. */
export function runWithExeca(locate: (tool: ToolName) => Promise<string>): Run {
  return async (call) => {
    const program = await locate(call.tool);
    const { execa } = await import('execa'); // half of all that --help would load
    const child = execa(program, call.args, {
      detached: true, // its own group: grandchildren hold stdout open, so the deadline must reach them too
      reject: false,
      stripFinalNewline: false,
      maxBuffer: 512 * 1024 * 1024,
      ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
      env: { ...process.env, ...call.env },
      extendEnv: false,
      ...(call.input === undefined ? { stdin: 'ignore' as const } : { input: call.input }),
    });
    if (child.pid !== undefined) liveGroups.add(child.pid);
    if (call.onErrorLine) void followLines(child.stderr, call.onErrorLine);

    let gaveUp: (() => void) | undefined;
    const late = new Promise<'late'>((resolve) => (gaveUp = () => resolve('late')));
    let kill: NodeJS.Timeout | undefined;
    const deadline = { passed: false };
    const term = setTimeout(() => {
      deadline.passed = true;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGTERM');
      kill = setTimeout(() => {
        if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
        gaveUp?.(); // a setsid grandchild may still hold stdout; waiting for it would break the deadline
      }, graceMs);
    }, call.timeoutMs);
    try {
      const result = await Promise.race([child, late]);
      const line = [call.tool, ...call.args].map(quote).join(' ');
      if (result === 'late') {
        // or whoever still holds the other end would keep this process alive at its end
        for (const stream of [child.stdout, child.stderr]) stream.destroy();
        child.unref();
      }
      if (result === 'late' || deadline.passed) throw timedOut(line, call.timeoutMs);
      if (result.code === 'ENOENT') throw missing(call.tool, program, result);
      const exitCode = result.exitCode ?? -1;
      if (!(call.okExitCodes ?? [0]).includes(exitCode)) throw failed(line, result, call);
      return { stdout: result.stdout, stderr: result.stderr, exitCode };
    } finally {
      clearTimeout(term);
      clearTimeout(kill);
      if (child.pid !== undefined) liveGroups.delete(child.pid);
    }
  };
}

async function followLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void,
): Promise<void> {
  if (!stream) return;
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  } catch (error) {
    // destroyed after the deadline: whoever waits for the program is told that already
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  if (rest) onLine(rest);
}

/** As a POSIX shell wants it, so that a failed command line can be pasted. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function missing(tool: ToolName, program: string, cause: unknown): PlatformError {
  return new PlatformError('TOOL_MISSING', `${tool} is not there (${program})`, 'platform doctor', { cause });
}

function timedOut(line: string, timeoutMs: number): PlatformError {
  return new PlatformError(
    'TOOL_TIMEOUT',
    `${line} did not end within ${String(timeoutMs / 1000)} s`,
    `Run it by hand to see where it hangs: ${line}`,
  );
}

function failed(
  line: string,
  result: {
    exitCode?: number | undefined;
    signal?: string | undefined;
    code?: string | undefined;
    stderr: string;
  },
  { cwd }: Invocation,
): PlatformError {
  const lastLines = result.stderr.trimEnd().split('\n').slice(-20).join('\n');
  const how = result.signal
    ? `was ended by ${result.signal}`
    : result.exitCode === undefined
      ? `could not be started (${result.code ?? 'no reason given'})`
      : `ended with exit code ${result.exitCode}`;
  if (/No space left on device/i.test(lastLines)) {
    return new PlatformError('DISK_FULL', `no space left: ${line} ${how}:\n${lastLines}`, 'df -h', {
      cause: result,
    });
  }
  return new PlatformError(
    'TOOL_FAILED',
    `${line} ${how}${lastLines ? `:\n${lastLines}` : ''}`,
    cwd === undefined ? `Run it by hand: ${line}` : `Run it by hand: cd ${quote(cwd)} && ${line}`,
    { cause: result },
  );
}
