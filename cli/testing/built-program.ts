import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './repository-root.ts';
import { lendBuild } from './built-once.ts';
import { realEnvironment } from './e2e-environment.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The CLI as `npm run build` makes it, in a committed copy of this repository, with an empty home. Off a terminal. */
export interface BuiltProgram {
  readonly root: string;
  readonly git: (...args: string[]) => Promise<string>;
  /** Ends standard input at once. `started` gets the process, to send it signals. */
  readonly run: (
    args: readonly string[],
    options?: {
      readonly env?: NodeJS.ProcessEnv;
      readonly cwd?: string;
      readonly started?: (child: ChildProcess) => void;
    },
  ) => Promise<Ended>;
  readonly dispose: () => Promise<void>;
}

const copied = [
  'apps',
  'clusters',
  'flux-system',
  'infrastructure',
  'templates',
  'platform.yaml',
  'package.json',
  'versions.json',
];

export async function builtProgram(): Promise<BuiltProgram> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'platform built ')));
  const [root, home] = [join(folder, 'clone'), join(folder, 'home')];
  await mkdir(home);
  for (const path of copied) await cp(join(repositoryRoot, path), join(root, path), { recursive: true });
  await mkdir(join(root, 'cli'));
  await symlink(join(repositoryRoot, 'cli/toolchain'), join(root, 'cli/toolchain'));
  await copyFile(join(repositoryRoot, '.gitignore'), join(root, '.gitignore'));
  const environment = { ...realEnvironment(home), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  lendBuild(join(root, 'dist'));

  const git = async (...args: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test'];
    return (await promisify(execFile)('git', [...identity, ...args], { cwd: root, env: environment })).stdout;
  };
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Begin');
  await git('gc', '--quiet'); // one file instead of hundreds, for those who copy it

  return {
    root,
    git,
    run: async (args, { env = {}, cwd = root, started } = {}) => {
      const child = spawn(process.execPath, [join(root, 'dist/main.cjs'), ...args], {
        cwd,
        env: { ...environment, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      started?.(child);
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
      return { code, stdout, stderr };
    },
    dispose: async () => rm(folder, { recursive: true, force: true }),
  };
}
