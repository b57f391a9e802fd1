import { spawn } from 'node:child_process';

export interface Timed {
  readonly seconds: number;
  readonly stdout: string;
}

export interface TimedOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Exit codes that count as done. */
  readonly okExitCodes?: readonly number[];
}

/**
 * Runs a program to its end.
 *
 * @returns The time from before its start to after its end.
 * @throws When it fails: with the end of what it said.
 */
export async function timed(
  program: string,
  args: readonly string[],
  { cwd, env, input, okExitCodes = [0] }: TimedOptions = {},
): Promise<Timed> {
  const started = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = (performance.now() - started) / 1_000;
  const stdout = Buffer.concat(out).toString();
  if (exitCode === null || !okExitCodes.includes(exitCode)) {
    const said = `${stdout}\n${Buffer.concat(err).toString()}`.trim().split('\n').slice(-20).join('\n');
    throw new Error(`${program} ${args.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${said}`);
  }
  return { seconds, stdout };
}
