import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newMachine, type Machine } from '../testing/e2e-machine.ts';
import { killProcessesOf } from '../testing/e2e-processes.ts';
import { timed } from './timed.ts';

/** What rows share; made when a row first asks for it. */
export interface Workshop {
  /** Of this checkout. */
  readonly root: string;
  /** A new empty folder. */
  readonly folder: (name: string) => Promise<string>;
  /** A person's machine with a clone of this checkout, built; `dev` has no cluster there unless the row before left one. */
  readonly machine: () => Promise<Machine>;
  /** The same with a cluster for `dev` in which all is Ready. */
  readonly cluster: () => Promise<Machine>;
  /** An absolute path: the program is built from its Go module, or taken from the tool cache. */
  readonly program: (name: 'helm' | 'kustomize' | 'kubectl') => Promise<string>;
  /** Deletes clusters and folders. */
  readonly dispose: () => Promise<void>;
}

/** @param root Of this checkout. */
async function openWorkshop(root: string): Promise<Workshop> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'platform-bench-')));
  let machine: Promise<Machine> | undefined;
  const getMachine = async (): Promise<Machine> => {
    machine ??= builtMachine();
    return machine;
  };
  return {
    root,
    folder: async (name) => {
      const path = join(scratch, name);
      await rm(path, { recursive: true, force: true });
      await mkdir(path, { recursive: true });
      return path;
    },
    machine: getMachine,
    cluster: async () => {
      const there = await getMachine();
      await succeed(there, 'bootstrap', 'dev');
      return there;
    },
    program: async (name) => {
      if (name !== 'helm') return programOf(await getMachine(), name);
      const path = join(scratch, 'helm');
      const build = ['build', '-trimpath', '-buildvcs=false', '-o', path, 'helm.sh/helm/v4/cmd/helm'];
      await timed('go', build, { cwd: join(root, 'cli/bench/go') });
      return path;
    },
    dispose: async () => {
      await (await machine)?.dispose();
      killProcessesOf(scratch); // of a row that was interrupted
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Runs a program that measures, to its exit code: that of `work`, 2 where it fails.
 *
 * @param work Gets the only two things that such programs share; `root` is the folder that npm starts scripts in.
 */
export async function runProgram(
  work: (root: string, say: (line: string) => void) => Promise<number>,
): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    process.exitCode = await work(process.cwd(), say);
  } catch (error) {
    say(error instanceof Error ? `✗ ${error.message}` : String(error));
    process.exitCode = 2;
  }
}

/** Lends a workshop, and disposes of it however the work ends. */
export async function withWorkshop<T>(root: string, work: (workshop: Workshop) => Promise<T>): Promise<T> {
  const workshop = await openWorkshop(root);
  disposeWhenInterrupted(workshop);
  try {
    return await work(workshop);
  } finally {
    await workshop.dispose();
  }
}

/** Ctrl-C leaves no cluster behind. */
function disposeWhenInterrupted(workshop: Workshop): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void workshop.dispose().finally(() => process.exit(code)));
  }
}

/** Runs the CLI. @throws When it does not end with 0. */
export async function succeed(
  machine: Machine,
  ...args: string[]
): Promise<{ seconds: number; stdout: string }> {
  const { exitCode, stdout, stderr, ms } = await machine.platform(...args);
  if (exitCode !== 0)
    throw new Error(`platform ${args.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${stderr}`);
  return { seconds: ms / 1_000, stdout };
}

async function builtMachine(): Promise<Machine> {
  const machine = await newMachine();
  machine.env['PLATFORM_TOOLS_SOURCES'] = 'build'; // no row may time a server that is far away
  await succeed(machine, '--version'); // builds
  return machine;
}

/** Where the CLI has a program of its own. */
async function programOf(machine: Machine, name: string): Promise<string> {
  const { document } = await machine.json('tools');
  const tools = (document.data?.['tools'] ?? []) as { name: string; path?: string }[];
  const path = tools.find((tool) => tool.name === name)?.path;
  if (path === undefined) throw new Error(`the CLI has no ${name} yet: platform tools build`);
  return path;
}
