import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { expectRefusal, type Refusal, type Site } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

// No server answers at any of these: what is missing here is told before one is asked.
const [https, ssh] = ['https://git.invalid/shop.git', 'ssh://git@git.invalid:2222/shop.git'];
const config = '.config/platform/acme';

async function follow({ edit }: Site, ...lines: string[]): Promise<void> {
  await edit('platform.yaml', '  branch: main', ['  branch: main', ...lines].join('\n  '));
}

async function keep({ home }: Site, name: string, content: string): Promise<void> {
  const path = join(home, config, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode: 0o600 });
}

const refusals: Refusal[] = [
  {
    title: 'an address of another protocol',
    arrange: async (site) => follow(site, 'remote: http://git.invalid/shop.git'),
    args: ['validate', 'dev'],
    exitCode: 2,
    code: 'VALUES_INVALID',
    place: 'platform.yaml:8:11',
    says: 'it must be an https:// or ssh:// address without a password',
    hint: /platform\.yaml/,
  },
  {
    title: 'an https remote without a token',
    arrange: async (site) => follow(site, `remote: ${https}`),
    args: ['bootstrap', 'dev'],
    exitCode: 4,
    code: 'GIT_ACCESS_DENIED',
    says: `no token is kept that lets Flux read ${https}`,
    hint: 'platform bootstrap dev --git-token-stdin < token-file',
  },
  {
    title: 'a token where no remote is named',
    args: ['bootstrap', 'dev', '--git-token-stdin'],
    exitCode: 2,
    code: 'USAGE',
    says: 'platform.yaml names no git remote',
    hint: 'platform bootstrap dev',
  },
  {
    title: 'a token for an ssh remote',
    arrange: async (site) => follow(site, `remote: ${ssh}`),
    args: ['bootstrap', 'dev', '--git-token-stdin'],
    exitCode: 2,
    code: 'USAGE',
    says: 'is read with a deploy key, which bootstrap makes',
    hint: 'platform bootstrap dev',
  },
  {
    title: 'a token that did not come',
    arrange: async (site) => follow(site, `remote: ${https}`),
    args: ['bootstrap', 'dev', '--git-token-stdin'],
    exitCode: 2,
    code: 'USAGE',
    says: 'standard input is empty',
    hint: '--git-token-stdin < token-file',
  },
  {
    title: 'an authority that is not in the repository',
    arrange: async (site) => {
      await follow(site, `remote: ${https}`, 'caFile: ca.pem');
      await keep(site, 'dev.gittoken', 'ghp_abc\n');
    },
    args: ['bootstrap', 'dev'],
    exitCode: 2,
    code: 'VALUES_INVALID',
    says: 'git.caFile of platform.yaml names ca.pem, and there is no such file',
    hint: /Correct git\.caFile/,
  },
  {
    title: 'an ssh host that nobody vouched for, before it makes a key',
    arrange: async (site) => follow(site, `remote: ${ssh}`),
    args: ['bootstrap', 'dev'],
    exitCode: 4,
    code: 'GIT_HOST_UNTRUSTED',
    says: 'ssh does not know [git.invalid]:2222 yet',
    hint: /^ssh-keyscan -p 2222 git\.invalid > host-key && ssh-keygen -lf host-key/,
  },
  {
    title: 'a deploy key that is none',
    arrange: async (site) => {
      await follow(site, `remote: ${ssh}`);
      await keep(site, 'dev.deploykey', 'not a key\n');
      await site.write('../home/.ssh/known_hosts', `[git.invalid]:2222 ssh-ed25519 ${'A'.repeat(68)}\n`);
    },
    args: ['bootstrap', 'dev'],
    exitCode: 2,
    code: 'STATE_UNREADABLE',
    says: /dev\.deploykey holds no ssh key without a passphrase, or a damaged one/,
    hint: /mv .*dev\.deploykey.* .*dev\.deploykey\.broken/,
  },
];

describe.concurrent('refuses', () => {
  for (const refusal of refusals) {
    it(refusal.title, async ({ expect }) =>
      expectRefusal(expect, program, { touches: /^home\/\.local/, ...refusal }),
    );
  }
});
