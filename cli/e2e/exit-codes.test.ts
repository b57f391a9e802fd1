import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../testing/built-program.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());
beforeEach(async () => {
  await program.git('checkout', '--quiet', '.');
});

/** A folder for PLATFORM_TOOLS_DIR with a git that hangs; it makes a file beside itself when it runs. */
async function hangingGit(): Promise<string> {
  const folder = join(program.root, '../hanging tools');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'git'), '#!/bin/sh\n: >"$0.runs"\nexec sleep 300\n');
  await chmod(join(folder, 'git'), 0o755);
  await rm(join(folder, 'git.runs'), { force: true });
  return folder;
}

/** Makes long waits short: a minute passes in 0.2 s. */
const hurry = `data:text/javascript,${encodeURIComponent(
  'const real = setTimeout; globalThis.setTimeout = (f, ms, ...rest) => real(f, ms >= 5000 ? ms / 300 : ms, ...rest)',
)}`;

describe('each exit code', () => {
  it('0: done', async () => {
    expect(await program.run(['render', '--check'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('1: the answer is no', async () => {
    const values = join(program.root, 'clusters/dev/values.yaml');
    await writeFile(values, (await readFile(values, 'utf8')).replace('sizing: small', 'sizing: production'));

    const { code, stdout } = await program.run(['render', 'dev', '--check']);

    expect(stdout).toMatch(/^~ apps\/trades\/overlays\/dev\//m);
    expect(code).toBe(1);
  });

  it('2: usage', async () => {
    expect(await program.run(['render', '--chek'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "✗ unknown option '--chek' (Did you mean --check?)\n→ platform render --help\n  code USAGE\n",
    });
  });

  it('3: not confirmed, where nobody can be asked', async () => {
    const { code, stderr } = await program.run(['delete', 'dev', '--purge']);

    expect(stderr).toContain('→ platform delete dev --confirm=dev');
    expect(stderr).toContain('code NOT_CONFIRMED');
    expect(code).toBe(3);
  });

  it('4: something needed is missing', async () => {
    const { code, stderr } = await program.run(['logs', 'dev', 'trades']);

    expect(stderr).toContain('→ platform bootstrap dev\n  code CLUSTER_MISSING');
    expect(code).toBe(4);
  });

  it('5: timed out', async () => {
    const env = { PLATFORM_TOOLS_DIR: await hangingGit(), NODE_OPTIONS: `--import "${hurry}"` };

    const { code, stderr } = await program.run(['diff', 'dev'], { env });

    expect(stderr).toMatch(/✗ git .* did not end within 60 s/);
    expect(stderr).toContain('code TOOL_TIMEOUT');
    expect(code).toBe(5);
  });

  it('130: interrupted', async () => {
    const folder = await hangingGit();

    const { code, stderr } = await program.run(['diff', 'dev'], {
      env: { PLATFORM_TOOLS_DIR: folder },
      started: (child) => {
        const runs = setInterval(() => {
          if (!existsSync(join(folder, 'git.runs'))) return;
          clearInterval(runs);
          child.kill('SIGINT');
        }, 50);
      },
    });

    expect(stderr).toBe('\nstopped\n');
    expect(code).toBe(130);
  });
});

describe('a command line that is not understood', () => {
  it.each([
    [['rendr'], 'Did you mean render?', 'platform --help'],
    [['app', 'nwe'], 'Did you mean new?', 'platform app --help'],
    [['status', 'dev', 'prod'], 'too many arguments', 'platform status --help'],
    [['bootstrap'], "missing required argument 'environment'", 'platform bootstrap --help'],
    [['doctor', '--engine', 'x'], 'Allowed choices are', 'platform doctor --help'],
    [['deploy', 'dev', '--timeout', '5'], '90s, 10m', 'platform deploy --help'],
    [['app', 'new', 'x'], "'--kind <kind>' not specified", 'platform app new --help'],
  ])('%j', async (args, what, hint) => {
    const { code, stdout, stderr } = await program.run(args);

    expect(stderr).toContain(what);
    expect(stderr).toContain(`→ ${hint}\n  code USAGE`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('shows the help and fails where no command was named', async () => {
    const { code, stdout, stderr } = await program.run([]);

    expect(stderr).toMatch(/^Examples:\n {2}platform bootstrap dev/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

it.each([
  [['render', 'stagee'], 'stage'],
  [['build', 'dev', 'trads'], 'trades'],
])('says what was likely meant: %j', async (args, meant) => {
  const { code, stderr } = await program.run(args);

  expect(stderr).toMatch(new RegExp(`→ .*\\b${meant}\\b`));
  expect(code).toBe(2);
});

it('works from any folder below the repository, and with -C', async () => {
  const below = join(program.root, 'apps/trades');

  expect(await program.run(['render', '--check'], { cwd: below })).toMatchObject({ code: 0 });
  expect(await program.run(['-C', below, 'render', '--check'], { cwd: '/' })).toMatchObject({ code: 0 });
  expect(await program.run(['render', '--check'], { cwd: '/' })).toMatchObject({ code: 2 });
});

it('colours only what FORCE_COLOR asks for, and never against NO_COLOR', async () => {
  const forced = await program.run(['render', 'x'], { env: { FORCE_COLOR: '1' } });
  const refused = await program.run(['render', 'x'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });

  expect(forced.stderr).toContain('\u001b[31m✗');
  expect(refused.stderr).not.toContain('\u001b');
});

it('writes ASCII where the locale has no more', async () => {
  const { stdout, stderr } = await program.run(['render', 'stagee'], { env: { LC_ALL: 'C' } });

  expect(stderr).toMatch(/^x .*\n-> /);
  expect(stdout + stderr).not.toMatch(/[^\x20-\x7e\n]/);
});

it('ends quietly when the reader of its output has seen enough', async () => {
  const { code, stderr } = await program.run(['build', 'dev'], {
    started: (child) => child.stdout?.destroy(),
  });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
