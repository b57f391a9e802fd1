import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { killProcessesOf } from '../../testing/e2e-processes.ts';
import { bootstrapRefusals, deployRefusals } from '../../testing/deploy-refusals.ts';
import { atSite, expectRefusal, type Refusal, type Site } from '../../testing/refusal.ts';

// One cluster; every case is another clone of its repository, on the same machine.
let program: BuiltProgram;
let home: string;
let bare: string;
let before: string;

const values = 'clusters/dev/values.yaml';

/** The folders of the machine that has the cluster. */
const machine = (): NodeJS.ProcessEnv => ({
  XDG_STATE_HOME: join(home, '.local/state'),
  XDG_CONFIG_HOME: join(home, '.config'),
  KUBECONFIG: join(home, '.kube/config'),
});

const onMachine = (refusal: Refusal): Refusal => ({
  ...refusal,
  env: (site) => ({ ...machine(), ...refusal.env?.(site) }),
});

/** What must not move: what is published, the key, the kubeconfig. */
async function published(): Promise<string> {
  const refs = execFileSync('git', ['--git-dir', bare, 'for-each-ref'], { encoding: 'utf8' });
  const files = [join(home, '.config/platform/acme/dev.agekey'), join(home, '.kube/config')];
  return [refs, ...(await Promise.all(files.map(async (file) => readFile(file, 'utf8'))))].join('\n');
}

beforeAll(async () => {
  program = await builtProgram();
  home = join(program.root, '../home');
  bare = join(home, '.local/state/platform/acme/dev.keep/repository.git');
  const text = await readFile(join(program.root, values), 'utf8');
  await writeFile(join(program.root, values), text.replace('enabled: true', 'enabled: false')); // the backfill takes long
  expect((await program.run(['render', 'dev'])).code).toBe(0);
  await program.git('commit', '--all', '--quiet', '--message', 'Leave the backfill out');
  mkdirSync(join(home, 'large disk'));
  symlinkSync('large disk', join(home, '.local')); // the state may lie elsewhere
  const odd = {
    NODE_OPTIONS: '--import "data:text/javascript,process.umask(0o77)"',
    http_proxy: 'http://127.0.0.1:1',
    https_proxy: 'http://127.0.0.1:1',
    LC_ALL: 'C',
    TERM: 'dumb',
  };
  const { code, stderr } = await program.run(['bootstrap', 'dev', '--engine', 'embedded'], { env: odd });
  expect(code, stderr).toBe(0);
  await program.git('config', 'user.name', 'Ada');
  await program.git('config', 'user.email', 'ada@example.com');
  before = await published();
});
afterAll(async () => {
  const after = await published();
  const deleted = await program.run(['delete', 'dev', '--confirm=dev']);
  const left = killProcessesOf(join(program.root, '..'));
  await program.dispose();
  expect({ after, code: deleted.code, left }).toEqual({ after: before, code: 0, left: [] });
});

describe.concurrent('refuses to deploy', () => {
  for (const refusal of deployRefusals) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, onMachine(refusal)));
  }
});

// What is told of a cluster must not depend on any of these.
const odd: Record<string, (site: Site) => NodeJS.ProcessEnv> = {
  'proxies that are dead': () => ({ http_proxy: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' }),
  'a clock in 1970': () =>
    preload('const now = Date.now(); const real = Date.now; Date.now = () => real() - now'),
  'a clock in 2100': () => preload('const real = Date.now; Date.now = () => real() + 4e12 - real()'),
  'a kubeconfig of somebody else': ({ root }) => ({ KUBECONFIG: join(root, 'platform.yaml') }),
  "the variables of git's hooks": () => ({ GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' }),
};

const preload = (script: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(script)}"`,
});

describe.concurrent('shows the cluster', () => {
  it.each(Object.entries(odd))('under %s', async (_, env) =>
    atSite(program, async (site) => {
      const { code, stdout, stderr } = await site.run(['status', 'dev'], {
        env: { ...machine(), ...env(site) },
      });
      expect(stdout).toMatch(/acme-dev/);
      expect(stdout).not.toMatch(/-\d+ ?[smhd]\b|NaN/);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }),
  );

  it('in ASCII where there is no locale', async () => {
    const { stdout, stderr } = await program.run(['status', 'dev'], { env: { LC_ALL: 'C', TERM: 'dumb' } });
    expect(stdout + stderr).toMatch(/^[\n\x20-\x7e]+$/);
  });

  it('until its reader has seen enough', async () => {
    const started = (child: ChildProcess): void => void child.stdout?.destroy();
    expect(await program.run(['status', 'dev'], { started })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('bootstrap of a cluster that runs', () => {
  for (const refusal of bootstrapRefusals) {
    it(`refuses ${refusal.title}`, async ({ expect }) => expectRefusal(expect, program, onMachine(refusal)));
  }
});

describe('deploy', () => {
  it('works from a clone that has no remote of the cluster yet', async () =>
    atSite(program, async (site) => {
      site.git('remote', 'remove', 'dev');
      const { code, stderr } = await site.run(['deploy', 'dev'], { env: machine() });
      expect(code, stderr).toBe(0);
      expect(site.git('remote', 'get-url', 'dev').trim()).toBe(bare);
    }));

  it('of two clones at once lets the first one win, and tells the other to pull', async () =>
    atSite(program, async (one) =>
      atSite(program, async (other) => {
        const ran = await Promise.all(
          [one, other].map(async (site, index) => {
            await site.edit('clusters/dev/values.yaml', 'BTC/USD, ', `AB${String(index)}/USD, `);
            return site.run(['deploy', 'dev', '--yes'], { env: machine() });
          }),
        );
        const [won, lost] = ran.sort((a, b) => (a.code ?? 0) - (b.code ?? 0));
        expect(won).toMatchObject({ code: 0 });
        expect(lost?.code).toBe(2);
        expect(lost?.stderr).toMatch(/dev runs \w{7}, a commit that this clone lacks\n→ git pull --rebase/);
        before = await published();
      }),
    ));
});
