import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';
import { lendBuild } from './built-once.ts';
import { realEnvironment, userConfiguration } from './e2e-environment.ts';
import { killProcessesOf } from './e2e-processes.ts';
import { publishCheckout } from './published-checkout.ts';
import { documentProblems } from './json-documents.ts';
import { realRun } from './real-tools.ts';

/** What one run of a command gave. */
export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start of the process to its end. */
  readonly ms: number;
}

/** A run that goes on: `child` is the CLI itself, since the launcher replaces itself by it. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Resolves when standard error holds the text; rejects when the command ends without it. */
  readonly says: (text: string) => Promise<void>;
}

/** A person's machine: an empty home, and a clone of this repository as it lies here, uncommitted work included. */
export interface Machine {
  readonly folder: string;
  readonly home: string;
  readonly clone: string;
  readonly env: NodeJS.ProcessEnv;
  /** Everything that commands have printed so far. */
  readonly said: readonly string[];
  readonly start: (...args: string[]) => Running;
  /** Runs `./platform` off a terminal, to its end. */
  readonly platform: (...args: string[]) => Promise<Ran>;
  /** As {@link platform} with `--json`; fails where standard output is not one JSON document. */
  readonly json: (
    ...args: string[]
  ) => Promise<{ exitCode: number | null; document: Document; stderr: string }>;
  /** Runs git in the clone, with nothing but the machine's own settings. @returns What it printed on both streams. */
  readonly git: (...args: string[]) => string;
  /** Runs kubectl with the kubeconfig of the home, as a person would. */
  readonly kubectl: (...args: string[]) => Promise<string>;
  /** Replaces the one place in a file of the clone that reads `from`. */
  readonly edit: (path: string, from: string, to: string) => Promise<void>;
  readonly write: (path: string, content: string) => Promise<void>;
  /** Deletes the cluster, ends what is left of it and removes the folder. @returns What had to be ended: nothing. */
  readonly dispose: () => Promise<string[]>;
}

/** The `--json` document of a command. */
export interface Document {
  readonly kind: string;
  readonly ok: boolean;
  readonly data: Record<string, unknown> | null;
  readonly warnings: readonly string[];
  readonly error: {
    code: string;
    message: string;
    hint: string;
    details?: { message: string; file?: string; line?: number }[];
  } | null;
}

/**
 * Makes a machine in a folder whose path has spaces.
 *
 * @param install `npm ci` leaves that to the launcher, which runs it; by default the packages of this checkout are lent, and its build.
 */
export async function newMachine(install: 'lend' | 'npm ci' = 'lend'): Promise<Machine> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'platform e2e ')));
  const [home, clone] = [join(folder, 'home of ada'), join(folder, 'my platform')];
  mkdirSync(home);
  mkdirSync(join(folder, 'tmp'));
  const env: NodeJS.ProcessEnv = { ...realEnvironment(home), TMPDIR: join(folder, 'tmp') };
  await writeFile(
    join(folder, 'gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  env['GIT_CONFIG_GLOBAL'] = join(folder, 'gitconfig');
  publishCheckout(join(folder, 'origin'), env);
  execFileSync('git', ['clone', '--quiet', join(folder, 'origin'), clone], { env });
  if (install === 'lend') {
    await lendPackages(join(clone, 'node_modules'));
    lendBuild(join(clone, 'dist'));
  } else Object.assign(env, userConfiguration(homedir()));

  const said: string[] = [];
  const run = realRun();
  const machine: Omit<Machine, 'json' | 'platform' | 'dispose'> = {
    folder,
    home,
    clone,
    env,
    said,
    start: (...args) => startPlatform(clone, env, args, said),
    git: (...args) => gitAt(clone, env, args, said),
    kubectl: async (...args) => {
      const { stdout } = await run({
        tool: 'kubectl',
        args: ['--kubeconfig', join(home, '.kube/config'), ...args],
        timeoutMs: 60_000,
      });
      return stdout;
    },
    edit: async (path, from, to) => {
      const text = await readFile(join(clone, path), 'utf8');
      if (text.split(from).length !== 2)
        throw new Error(`${path} does not hold ${JSON.stringify(from)} once`);
      await writeFile(
        join(clone, path),
        text.replace(from, () => to),
      );
    },
    write: async (path, content) => {
      await mkdir(dirname(join(clone, path)), { recursive: true });
      await writeFile(join(clone, path), content);
    },
  };
  const platform: Machine['platform'] = async (...args) => machine.start(...args).ended;
  return {
    ...machine,
    platform,
    json: async (...args) => {
      const { exitCode, stdout, stderr } = await platform('--json', ...args);
      try {
        const problems = documentProblems(stdout);
        if (problems.length > 0) throw new Error(problems.join('\n'));
        return { exitCode, document: JSON.parse(stdout) as Document, stderr };
      } catch (error) {
        throw new Error(
          `platform ${args.join(' ')} gave no JSON as documented (exit ${String(exitCode)}):\n${stdout}\n${stderr}`,
          { cause: error },
        );
      }
    },
    dispose: async () => {
      const environments = existsSync(join(clone, 'clusters')) ? readdirSync(join(clone, 'clusters')) : [];
      for (const name of environments)
        await platform('delete', name, `--confirm=${name}`, '--allow-protected');
      const left = killProcessesOf(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      return left.map(({ args }) => args);
    },
  };
}

/** Turns the backfill off and commits that: its three Jobs, one after the other, are most of what a bootstrap waits for. */
export async function withoutBackfill(machine: Machine): Promise<void> {
  await machine.edit('clusters/dev/values.yaml', 'enabled: true', 'enabled: false');
  const { exitCode, stderr } = await machine.platform('render', 'dev');
  if (exitCode !== 0) throw new Error(stderr);
  machine.git('add', '--all');
  machine.git('commit', '--message', 'Leave the backfill out');
}

/** Links to each package and not to their folder: an `npm ci` there would otherwise empty the one of this checkout. */
async function lendPackages(to: string): Promise<void> {
  const from = join(repositoryRoot, 'node_modules');
  await mkdir(to);
  for (const name of await readdir(from)) {
    if (name === '.package-lock.json') await cp(join(from, name), join(to, name));
    else await symlink(join(from, name), join(to, name));
  }
}

function gitAt(clone: string, env: NodeJS.ProcessEnv, args: readonly string[], said: string[]): string {
  const command = args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ');
  const printed = execFileSync('sh', ['-c', `git ${command} 2>&1`], {
    cwd: clone,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  said.push(printed);
  return printed;
}

function startPlatform(
  clone: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  said: string[],
): Running {
  const started = performance.now();
  const child = spawn(join(clone, 'platform'), args, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      said.push(stdout, stderr);
      resolve({ exitCode, stdout, stderr, ms: performance.now() - started });
    });
  });
  const says = async (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        if (!stderr.includes(text)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
      void ended.then(() =>
        reject(new Error(`platform ${args.join(' ')} never said ${JSON.stringify(text)}:\n${stderr}`)),
      );
    });
  return { child, ended, says };
}
