import { execFile } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Clone {
  readonly home: string;
  readonly bin: string;
  readonly npmCalls: () => Promise<string[]>;
}

/**
 * A repository with the real launcher, in a folder with a blank. The npm on its PATH writes down how it was called and
 * makes what the real one would make: a main.cjs that prints its arguments and folder.
 */
async function clone(npmBody = ''): Promise<Clone> {
  const home = join(await realpath(await mkdtemp(join(tmpdir(), 'launcher-'))), 're po');
  const bin = join(home, '..', 'bin');
  await mkdir(join(home, 'cli/toolchain'), { recursive: true });
  await mkdir(bin);
  await copyFile(join(root, 'platform'), join(home, 'platform'));
  await chmod(join(home, 'platform'), 0o755);
  await copyFile(join(root, 'cli/toolchain/require-node.cjs'), join(home, 'cli/toolchain/require-node.cjs'));
  await writeFile(join(home, 'package.json'), '{"type":"module"}');
  await writeFile(join(home, 'package-lock.json'), '{}');
  await writeFile(join(home, 'versions.json'), '{"node":"20.0.0"}');
  await writeFile(join(home, 'cli/main.ts'), '');
  await symlink(process.execPath, join(bin, 'node'));
  const npm = `#!/bin/sh
echo "npm $* in $PWD" >>'${home}/npm.calls'
${npmBody}
case $1 in
  ci) mkdir -p node_modules && : >node_modules/.package-lock.json ;;
  run) mkdir -p dist && echo 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]))' >dist/main.cjs ;;
esac
`;
  await writeFile(join(bin, 'npm'), npm, { mode: 0o755 });
  const npmCalls = async (): Promise<string[]> =>
    (await readFile(join(home, 'npm.calls'), 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line !== '');
  return { home, bin, npmCalls };
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function launch(
  file: string,
  args: readonly string[],
  { bin }: Clone,
  cwd = '/',
  path = `${bin}:/usr/bin:/bin`,
): Promise<Ended> {
  const env = { PATH: path, NODE_ENV: 'production' };
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const installed = (home: string): string[] => [
  `npm ci --include=dev --no-audit --no-fund --loglevel=error in ${home}`,
  `npm run build --silent in ${home}`,
];

describe('the launcher', () => {
  it('installs with dev dependencies and builds the first time, then only runs, in the folder of the caller', async () => {
    const repository = await clone();
    const { home, npmCalls } = repository;

    const first = await launch(join(home, 'platform'), ['status', 'a b'], repository);
    const second = await launch(join(home, 'platform'), ['status', 'a b'], repository);

    expect(first).toEqual({
      code: 0,
      stdout: '["/","status","a b"]\n',
      stderr:
        'platform: installing what the CLI needs (npm ci) …\nplatform: building the CLI (npm run build) …\n',
    });
    expect(second).toEqual({ code: 0, stdout: first.stdout, stderr: '' });
    expect(await npmCalls()).toEqual(installed(home));
  });

  it('finds its repository through relative and absolute links, as npm link makes them', async () => {
    const repository = await clone();
    const { home, bin } = repository;
    await symlink('../re po/platform', join(bin, 'relative'));
    await symlink(join(bin, 'relative'), join(bin, 'platform'));

    const { code, stdout } = await launch('platform', ['x'], repository, home);

    expect([code, stdout]).toEqual([0, `${JSON.stringify([home, 'x'])}\n`]);
  });

  it.each([
    ['package-lock.json', ['ci', 'run']],
    ['cli/main.ts', ['run']],
    ['cli/main.test.ts', []],
  ])('after a change of %s runs npm %j', async (file, expected) => {
    const repository = await clone();
    await launch(join(repository.home, 'platform'), [], repository);
    await writeFile(join(repository.home, file), '');
    const later = Date.now() / 1000 + 5;
    await utimes(join(repository.home, file), later, later);

    await launch(join(repository.home, 'platform'), [], repository);

    const calls = (await repository.npmCalls()).slice(2);
    expect(calls.map((call) => call.split(' ')[1])).toEqual(expected);
  });

  it('installs once when two start at the same time', async () => {
    const repository = await clone('sleep 0.3');
    const start = async (): Promise<Ended> => launch(join(repository.home, 'platform'), [], repository);

    const ended = await Promise.all([start(), start()]);

    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(ended.map(({ stderr }) => stderr).join('')).toContain(
      'waiting for another platform command (pid ',
    );
    expect(await repository.npmCalls()).toEqual(installed(repository.home));
  });

  it('takes over the lock of a launcher that was killed', async () => {
    const repository = await clone();
    await mkdir(join(repository.home, '.platform/launcher.lock'), { recursive: true });
    await writeFile(join(repository.home, '.platform/launcher.lock/pid'), '999999999\n');

    const { code, stderr } = await launch(join(repository.home, 'platform'), [], repository);

    expect(code).toBe(0);
    expect(stderr).not.toContain('waiting');
  });

  it("shows npm's message and what to do when it fails, and tries again the next time", async () => {
    const repository = await clone('echo "npm error network request failed" >&2; exit 1');
    const start = async (): Promise<Ended> => launch(join(repository.home, 'platform'), [], repository);

    const { code, stderr } = await start();
    await start();

    expect(code).toBe(2);
    expect(stderr).toContain('npm error network request failed');
    expect(stderr).toContain(`by hand: cd '${repository.home}' && npm ci --include=dev`);
    expect(await repository.npmCalls()).toHaveLength(2);
  });

  it('says which Node it needs, which one it found and how to get one, before it installs anything', async () => {
    const repository = await clone();
    await writeFile(join(repository.home, 'versions.json'), '{"node":"99.1.0"}');

    const { code, stderr } = await launch(join(repository.home, 'platform'), [], repository);

    expect(code).toBe(4);
    expect(stderr).toContain(`Node ${process.versions.node} is too old: the CLI needs 99.1.0 or newer`);
    expect(stderr).toContain('https://nodejs.org/');
    expect(await repository.npmCalls()).toEqual([]);
  });

  it('says how to get Node where there is none', async () => {
    const repository = await clone();

    const { code, stderr } = await launch(join(repository.home, 'platform'), [], repository, '/', '/nowhere');

    expect(code).toBe(4);
    expect(stderr).toContain('platform: node is not on PATH');
    expect(stderr).toContain('https://nodejs.org/');
  });
});
