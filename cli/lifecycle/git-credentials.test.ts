import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import type { Kube } from '../ports/kube.ts';
import { locationsFrom } from '../ports/locations.ts';
import { parseRemote } from '../publish/remote-address.ts';
import { plainRun as run } from '../testing/git-repository.ts';
import { refused } from '../testing/refused.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { ensureDeployKey } from './git-deploy-key.ts';
import { findHostKeys } from './git-host-keys.ts';
import { requireFollowed, tokenCredentials } from './git-source.ts';
import { keepGitToken, parseGitToken, readGitToken } from './git-token.ts';

const key = (letter: string): string => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;

describe('a deploy key', () => {
  it('is made once, an ed25519 one for its owner alone, and is the same ever after', async () => {
    const path = join(await temporaryTree({}), 'acme/dev.deploykey');
    const { made, ...first } = await ensureDeployKey({ run }, path, 'flux@acme-dev');
    expect(made).toBe(true);
    expect(first.publicKey).toMatch(/^ssh-ed25519 \S+ flux@acme-dev$/);
    expect(first.identity).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await ensureDeployKey({ run }, path, 'other')).toEqual({ ...first, made: false });
  });

  it('that is damaged or open to others is told, and stays as it is', async () => {
    const folder = await temporaryTree({ broken: 'no key\n' });
    const path = join(folder, 'broken');
    await chmod(path, 0o600);
    const damaged = await refused(ensureDeployKey({ run }, path, 'x'));
    expect(damaged).toMatchObject({
      code: 'STATE_UNREADABLE',
      hint: expect.stringContaining(`mv ${path}`) as string,
    });
    expect(await readFile(path, 'utf8')).toBe('no key\n');
    const open = join(folder, 'open');
    await ensureDeployKey({ run }, open, 'x');
    await chmod(open, 0o644);
    expect((await refused(ensureDeployKey({ run }, open, 'x'))).hint).toBe(`chmod 600 ${open}`);
  });
});

describe('host keys', () => {
  const address = parseRemote('ssh://git@git.example:2222/shop.git')!;
  async function find(lines: string[], hash = false): Promise<string> {
    const home = await temporaryTree({});
    const file = join(home, '.ssh/known_hosts');
    await mkdir(join(home, '.ssh'));
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    if (hash) execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const locations = { ...locationsFrom({ HOME: home }), knownHosts: [file] };
    return findHostKeys({ run, locations }, address);
  }

  it('are those of the very host and port, named in clear also where the file hashes them', async () => {
    const lines = [
      `git.example ${key('A')}`,
      `[git.example]:2222 ${key('B')}`,
      `[other.example]:2222 ${key('C')}`,
    ];
    expect(await find(lines)).toBe(`[git.example]:2222 ${key('B')}\n`);
    expect(await find(lines, true)).toBe(`[git.example]:2222 ${key('B')}\n`);
  });

  it('are no revoked ones, and no certificate authorities', async () => {
    const refusal = await refused(
      find([
        `@cert-authority [git.example]:2222 ${key('A')}`,
        `[git.example]:2222 ${key('B')}`,
        `@revoked [git.example]:2222 ${key('B')}`,
      ]),
    );
    expect(refusal).toMatchObject({ code: 'GIT_HOST_UNTRUSTED', exitCode: 4 });
    expect(refusal.hint).toMatch(
      /^ssh-keyscan -p 2222 git\.example > host-key && ssh-keygen -lf host-key {2}# compare/,
    );
  });

  it('are looked for in no file that is not there', async () => {
    const locations = {
      ...locationsFrom({ HOME: '/nonexistent' }),
      knownHosts: ['/nonexistent/known_hosts'],
    };
    expect((await refused(findHostKeys({ run, locations }, address))).code).toBe('GIT_HOST_UNTRUSTED');
  });
});

describe('a token', () => {
  it('is one line of standard input, and nothing else is taken for one or repeated', () => {
    expect(parseGitToken('ghp_abc\n', 'dev')).toBe('ghp_abc');
    for (const input of ['', ' \n', 'two words', 'one\ntwo\n', 'x'.repeat(5_000)]) {
      const message = (() => {
        try {
          return parseGitToken(input, 'dev');
        } catch (error) {
          return String(error);
        }
      })();
      expect(message).toMatch(/standard input (is empty|holds more than a token)/);
      if (input.trim() !== '') expect(message).not.toContain(input.trim());
    }
  });

  it('is kept for its owner alone', async () => {
    const path = join(await temporaryTree({}), 'dev.gittoken');
    expect(await readGitToken(path)).toBeUndefined();
    await keepGitToken(path, 'ghp_abc');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readGitToken(path)).toBe('ghp_abc');
    await writeFile(path, '\n');
    expect(await refused(readGitToken(path))).toMatchObject({ code: 'STATE_UNREADABLE', hint: `rm ${path}` });
  });

  it('goes with the user and the authority that platform.yaml names', async () => {
    const root = await temporaryTree({ 'ca.pem': '-----BEGIN CERTIFICATE-----\n', 'notes.md': 'x' });
    const git = { branch: 'main', username: 'ada' };
    expect(await tokenCredentials({ root }, { git: { branch: 'main' } }, 't')).toEqual({
      kind: 'basic',
      username: 'git',
      password: 't',
    });
    expect(await tokenCredentials({ root }, { git: { ...git, caFile: 'ca.pem' } }, 't')).toMatchObject({
      username: 'ada',
      ca: '-----BEGIN CERTIFICATE-----\n',
    });
    for (const caFile of ['notes.md', 'absent.pem'])
      expect(await refused(tokenCredentials({ root }, { git: { ...git, caFile } }, 't'))).toMatchObject({
        code: 'VALUES_INVALID',
        message: expect.stringContaining(`git.caFile of platform.yaml names ${caFile}`) as string,
      });
  });
});

describe('a push', () => {
  const flux = (url: string): Kube =>
    fakeKube([
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name: 'platform', namespace: 'flux-system' },
        spec: { url },
      },
    ]);
  const [remote, other] = ['ssh://git@git.example/shop.git', 'https://git.example/shop.git'];
  const check = async (followed: string, named?: string): Promise<void> =>
    requireFollowed(flux(followed), {
      name: 'dev',
      git: { branch: 'main', ...(named === undefined ? {} : { remote: named }) },
    });

  it('goes where Flux looks, or nowhere', async () => {
    expect(await check(remote, remote)).toBeUndefined();
    expect(await check('http://127.0.0.1:1/dev.git')).toBeUndefined();
    for (const [followed, named] of [
      [remote, other],
      ['http://127.0.0.1:1/dev.git', remote],
      [remote, undefined],
    ] as const)
      expect(await refused(check(followed, named))).toMatchObject({
        code: 'GIT_UNUSABLE',
        message: expect.stringContaining(
          `follows ${followed}, and platform.yaml names ${named ?? 'no remote'}`,
        ) as string,
        hint: 'platform bootstrap dev',
      });
  });
});
