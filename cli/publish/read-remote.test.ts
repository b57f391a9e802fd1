import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import type { Run } from '../ports/run.ts';
import { commitText, git, plainRun } from '../testing/git-repository.ts';
import { startHttpsHost, type HttpsHost } from '../testing/git-https-host.ts';
import { startSshHost, type SshHost } from '../testing/git-ssh-host.ts';
import { refused } from '../testing/refused.ts';
import type { GitCredentials } from './git-credentials.ts';
import { readRemoteBranch } from './read-remote.ts';
import { parseRemote } from './remote-address.ts';

// Real servers with a real repository; a folder whose name ssh and git have to quote.
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'remote "50% off" ')));
let head: string;
let ssh: SshHost;
let https: HttpsHost;
let known: { identity: string; publicKey: string };

function newKey(name: string): { identity: string; publicKey: string } {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@test`, '-f', file]);
  return { identity: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

async function ask(url: string, credentials: GitCredentials, branch = 'main'): Promise<string | undefined> {
  const address = parseRemote(url);
  if (!address) throw new Error(`${url} is no address`);
  return readRemoteBranch({ run: plainRun }, { address, credentials, branch, environment: 'prod' });
}

beforeAll(async () => {
  const work = join(folder, 'work');
  await mkdir(work);
  await git(work, 'init', '-q', '-b', 'main');
  await commitText(work, 'one');
  await git(folder, 'clone', '-q', '--bare', work, join(folder, 'shop.git'));
  head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: work, encoding: 'utf8' }).trim();
  await mkdir(join(folder, 'ssh'));
  [ssh, https] = await Promise.all([startSshHost(folder, join(folder, 'ssh')), startHttpsHost(folder)]);
  known = newKey('known');
  await ssh.allow(known.publicKey, 'read');
  https.accept('git', 'right-token');
}, 120_000);
afterAll(async () => {
  await Promise.all([ssh.close(), https.close()]);
  rmSync(folder, { recursive: true });
});

describe('a remote over ssh', () => {
  const withKey = (key = known, knownHosts = ssh.knownHosts()): GitCredentials => ({
    kind: 'ssh',
    ...key,
    knownHosts,
  });

  it('is read with the key that it knows, and with one of its host keys', async () => {
    expect(await ask(ssh.url('shop.git'), withKey())).toBe(head);
    expect(await ask(ssh.url('shop.git'), withKey(known, ssh.knownHosts('ed25519')))).toBe(head);
    expect(await ask(ssh.url('shop.git'), withKey(), 'other')).toBeUndefined();
  });

  it('says where to add a key that it does not know, and shows it', async () => {
    const stranger = newKey('stranger');
    const refusal = await refused(ask(ssh.url('shop.git'), withKey(stranger)));
    expect(refusal).toMatchObject({ code: 'GIT_ACCESS_DENIED', exitCode: 4 });
    expect(refusal.message).toContain(`127.0.0.1 has not been given the deploy key of prod yet`);
    expect(refusal.message).toContain(`\n${stranger.publicKey}\n`);
    expect(refusal.hint).toBe('platform bootstrap prod  # again, when the key has been added');
  });

  it('finds no repository that is not there', async () => {
    const refusal = await refused(ask(ssh.url('stop.git'), withKey()));
    expect(refusal.code).toBe('GIT_ACCESS_DENIED');
    expect(refusal.message).toContain('finds no stop that may be read with the deploy key of prod');
  });

  it('is not trusted with another host key', async () => {
    const other = `[127.0.0.1]:${ssh.port} ${newKey('impostor').publicKey}\n`;
    const refusal = await refused(ask(ssh.url('shop.git'), withKey(known, other)));
    expect(refusal).toMatchObject({ code: 'GIT_HOST_UNTRUSTED', exitCode: 4 });
    expect(refusal.message).toContain(`[127.0.0.1]:${ssh.port} shows a host key that is not the one`);
  });
});

describe('a remote that does not answer', () => {
  const key = (): GitCredentials => ({ kind: 'ssh', ...known, knownHosts: ssh.knownHosts() });

  it('is told with what ssh says about it', async () => {
    const port = new URL(https.url('')).port; // speaks another protocol
    const strange = await refused(ask(`ssh://git@127.0.0.1:${port}/ssl.git`, key()));
    expect(strange).toMatchObject({ code: 'GIT_REMOTE_UNUSABLE', exitCode: 2 });
    expect(strange.message).toMatch(/does not answer: (kex_|banner|ssh|Connection)/i);
    const nowhere = await refused(ask('ssh://git@host.invalid/shop.git', key()));
    expect(nowhere.code).toBe('GIT_REMOTE_UNUSABLE');
    expect(nowhere.message).toContain('does not answer: ssh: Could not resolve hostname host.invalid');
  });

  it('is given up after a minute', async () => {
    const run: Run = async () =>
      Promise.reject(new PlatformError('TOOL_TIMEOUT', 'git did not end', 'run it by hand'));
    const address = parseRemote(ssh.url('shop.git'));
    if (!address) throw new Error('no address');
    const asked = { address, credentials: key(), branch: 'main', environment: 'prod' };
    const refusal = await refused(readRemoteBranch({ run }, asked));
    expect(refusal.code).toBe('GIT_REMOTE_UNUSABLE');
    expect(refusal.message).toContain('does not answer: no answer within 60 s');
  });
});

describe('a remote over https', () => {
  const withToken = (password: string, ca: string | undefined = https.ca): GitCredentials => ({
    kind: 'basic',
    username: 'git',
    password,
    ca,
  });

  it('is read with its token and the certificate of its authority', async () => {
    expect(await ask(https.url('shop.git'), withToken('right-token'))).toBe(head);
  });

  it('refuses another token, which nothing repeats', async () => {
    const refusal = await refused(ask(https.url('shop.git'), withToken('wrong-token')));
    expect(refusal).toMatchObject({
      code: 'GIT_ACCESS_DENIED',
      exitCode: 4,
      hint: 'platform bootstrap prod --git-token-stdin < token-file  # one that may read this repository',
    });
    expect(refusal.message).toContain('does not let the token of prod read shop');
    expect(JSON.stringify(refusal)).not.toContain('wrong-token');
  });

  it('is not trusted where nobody known signed its certificate', async () => {
    const refusal = await refused(
      ask(https.url('shop.git'), { kind: 'basic', username: 'git', password: 'right-token' }),
    );
    expect(refusal.code).toBe('GIT_HOST_UNTRUSTED');
    expect(refusal.message).toContain('shows a certificate that no known authority has signed');
    expect(refusal.hint).toContain('git.caFile');
  });

  it('is not followed to another address, which gets no token', async () => {
    const elsewhere = await startHttpsHost(folder);
    try {
      https.redirect('moved.git', elsewhere.url('shop.git'));
      const refusal = await refused(ask(https.url('moved.git'), withToken('right-token')));
      expect(refusal.code).toBe('GIT_REMOTE_UNUSABLE');
      expect(refusal.message).toContain('redirects to another address');
      expect(elsewhere.requests).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it('is named where nothing answers', async () => {
    const gone = await startHttpsHost(folder);
    await gone.close();
    const refusal = await refused(ask(gone.url('shop.git'), withToken('right-token')));
    expect(refusal).toMatchObject({ code: 'GIT_REMOTE_UNUSABLE', exitCode: 2 });
    expect(refusal.message).toContain(`${gone.url('shop.git')}, which Flux is to follow, does not answer`);
  });
});
