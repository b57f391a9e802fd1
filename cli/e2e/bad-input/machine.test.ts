import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { atSite, expectRefusal, type Refusal, type Site } from '../../testing/refusal.ts';

// A machine that has too little, or something else than expected; no cluster runs.
let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

/** A folder with one program that does what the script says. */
async function fake(site: Site, name: string, script: string): Promise<void> {
  await mkdir(join(site.home, 'bin'), { recursive: true });
  await writeFile(join(site.home, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
const bin = ({ home }: Site): string => join(home, 'bin');
const kubeconfig = async ({ home }: Site, content: string): Promise<void> => {
  await mkdir(join(home, '.kube'));
  await writeFile(join(home, '.kube/config'), content);
};

const unusable = (title: string, rest: Pick<Refusal, 'says' | 'hint'> & Partial<Refusal>): Refusal => ({
  title,
  args: ['bootstrap', 'dev', '--dry-run'],
  exitCode: 2,
  code: 'FILE_UNUSABLE',
  ...rest,
});

const programs: Refusal[] = [
  unusable('a machine without git', {
    arrange: async ({ home }) => mkdir(join(home, 'bin')),
    env: (site) => ({ PATH: bin(site) }),
    exitCode: 4,
    code: 'TOOL_MISSING',
    says: 'git is not on PATH',
    hint: 'Install git: https://git-scm.com/downloads',
  }),
  unusable('a diff on a machine without git', {
    args: ['diff', 'dev'],
    env: () => ({ PATH: '' }),
    exitCode: 4,
    code: 'TOOL_MISSING',
    says: 'git is not on PATH',
    hint: 'Install git: https://git-scm.com/downloads',
  }),
  unusable('a git that cannot be started', {
    arrange: async (site) => fake(site, 'git', 'exec /nowhere/git "$@"'),
    env: (site) => ({ PLATFORM_TOOLS_DIR: bin(site) }),
    code: 'TOOL_FAILED',
    says: /git rev-parse .* ended with exit code 12[67]/,
    hint: /Run it by hand: cd .* && git rev-parse/,
  }),
  unusable('a git for another machine', {
    arrange: async ({ home }) => {
      await mkdir(join(home, 'bin'));
      await writeFile(join(home, 'bin/git'), Buffer.from('7f454c46ffff', 'hex'), { mode: 0o755 });
    },
    env: (site) => ({ PLATFORM_TOOLS_DIR: bin(site) }),
    code: 'TOOL_FAILED',
    says: /git rev-parse .* (could not be started|ended with exit code 127)/,
    hint: /Run it by hand/,
  }),
  unusable('a kustomize that crashes', {
    arrange: async (site) => fake(site, 'kustomize', 'echo "panic: nil" >&2; exit 2'),
    args: ['validate', 'dev'],
    env: (site) => ({ PLATFORM_TOOLS_DIR: bin(site) }),
    code: 'TOOL_FAILED',
    says: /kustomize build .* ended with exit code 2:\npanic: nil/,
    hint: /Run it by hand: cd .* && kustomize build/,
  }),
];

const folders: Refusal[] = [
  unusable('a TMPDIR that is not there', {
    args: ['diff', 'dev'],
    env: ({ home }) => ({ TMPDIR: join(home, 'gone') }),
    says: /gone\S* cannot be (opened|written): .* is not there/,
    hint: /ls -ld .*gone/,
  }),
  unusable('a TMPDIR that is a file', {
    arrange: async ({ home }) => writeFile(join(home, 'tmp'), ''),
    args: ['diff', 'dev'],
    env: ({ home }) => ({ TMPDIR: join(home, 'tmp') }),
    says: /cannot be (opened|written): a file is where a folder has to be/,
    hint: /ls -ld/,
  }),
  unusable('a home that even root cannot make', {
    args: ['bootstrap', 'dev'],
    env: () => ({ HOME: '/proc/self/nobody' }), // a folder is there, and nothing can be made in it
    says: /\/proc\/self\/nobody cannot be written/,
    hint: 'ls -ld /proc/self/nobody /proc/self',
  }),
  unusable('a state folder below a file', {
    args: ['bootstrap', 'dev'],
    env: ({ root }) => ({ XDG_STATE_HOME: join(root, 'platform.yaml') }),
    says: /platform\.yaml.* cannot be (opened|written): a file is where a folder has to be/,
    hint: /ls -ld/,
  }),
  unusable('a home whose link goes round', {
    arrange: async ({ home }) => symlink('.local', join(home, '.local')),
    args: ['bootstrap', 'dev'],
    says: /\.local.* cannot be (opened|written)/,
    hint: /ls -ld/,
  }),
];

const kubeconfigs: Refusal[] = [
  unusable('a kubeconfig that is no YAML, without quoting it', {
    arrange: async (site) => kubeconfig(site, 'apiVersion: v1\nusers: [{ token: s3cret\n'),
    code: 'KUBECONFIG_UNUSABLE',
    says: /\.kube\/config is not valid YAML \(BAD_\w+\)(?![^]*s3cret)/,
    hint: 'set KUBECONFIG to another file',
  }),
  unusable('a kubeconfig that is a list', {
    arrange: async (site) => kubeconfig(site, '- a\n'),
    code: 'KUBECONFIG_UNUSABLE',
    says: /\.kube\/config is no kubeconfig: it holds no map/,
    hint: 'set KUBECONFIG to another file',
  }),
  unusable('a kubeconfig whose contexts are a map', {
    arrange: async (site) => kubeconfig(site, 'contexts: { a: b }\n'),
    code: 'KUBECONFIG_UNUSABLE',
    says: /is no kubeconfig: contexts is no list/,
    hint: 'set KUBECONFIG to another file',
  }),
  unusable('a kubeconfig that is a folder', {
    arrange: async ({ home }) => mkdir(join(home, '.kube/config'), { recursive: true }),
    says: /\.kube\/config cannot be opened: a folder is where a file has to be/,
    hint: /ls -ld/,
  }),
  unusable('a kubeconfig whose link goes round', {
    arrange: async ({ home }) => {
      await mkdir(join(home, '.kube'));
      await symlink('config', join(home, '.kube/config'));
    },
    says: /symbolic links go round in a circle/,
    hint: /ls -ld/,
  }),
  unusable('the second of two kubeconfigs', {
    arrange: async ({ home }) => writeFile(join(home, 'second'), '{'),
    env: ({ home }) => ({ KUBECONFIG: `${home}/first:${home}/second` }),
    code: 'KUBECONFIG_UNUSABLE',
    says: /second is not valid YAML/,
    hint: 'set KUBECONFIG to another file',
  }),
];

describe.concurrent('refuses', () => {
  for (const refusal of [...programs, ...folders, ...kubeconfigs]) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, refusal));
  }
});

const preload = (script: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(script)}"`,
});

/** Odd, but enough: what a person would have to know nothing of. */
const fine: Record<string, (site: Site) => NodeJS.ProcessEnv> = {
  'an empty HOME': () => ({ HOME: '' }),
  'a HOME that is not there yet': ({ home }) => ({ HOME: join(home, 'new') }),
  'a umask of 077': () => preload('process.umask(0o77)'),
  'a proxy that is dead': () => ({
    http_proxy: 'http://127.0.0.1:1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    ALL_PROXY: 'socks5://127.0.0.1:1',
    no_proxy: '',
  }),
  'a clock in 1970': () =>
    preload('const now = Date.now(); const real = Date.now; Date.now = () => real() - now'),
  'no locale and a dumb terminal': () => ({ LC_ALL: 'C', LANG: 'C', TERM: 'dumb', COLUMNS: '1' }),
  'other programs of the same names on PATH': (site) => ({
    PATH: `${bin(site)}:${process.env['PATH'] ?? ''}`,
  }),
};

describe.concurrent('accepts', () => {
  it.each(Object.entries(fine))('%s', async (_, env) =>
    atSite(program, async (site) => {
      await fake(site, 'kustomize', 'echo "v0.0.1"');
      await fake(site, 'kubectl', 'exit 1');
      for (const args of [
        ['diff', 'dev'],
        ['bootstrap', 'dev', '--dry-run'],
      ]) {
        const { code, stdout, stderr } = await site.run(args, { env: env(site) });
        expect({ args, code, stderr }, stdout).toEqual({ args, code: 0, stderr: '' });
      }
      expect(site.git('status', '--porcelain', '--ignored', '--', ':!cli')).toBe('');
    }),
  );
});
