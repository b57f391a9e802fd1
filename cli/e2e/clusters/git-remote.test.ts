import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../testing/e2e-machine.ts';
import { processesOf } from '../../testing/e2e-processes.ts';
import { findSecrets, secretsOf } from '../../testing/e2e-secrets.ts';
import { hostedMachine, newToken, type HostedMachine } from '../../testing/hosted-machine.ts';

// One cluster that follows a repository behind https first, and then the same one behind ssh.
const [token, nextToken] = [newToken(), newToken()];
let hosted: HostedMachine;
let machine: Machine;
const kept = (name: string): string => join(machine.home, '.config/platform/acme', name);
const inFlux = async (object: string, path: string): Promise<string> =>
  machine.kubectl('get', object, '-n', 'flux-system', '-o', `jsonpath=${path}`);
const head = (): string => machine.git('rev-parse', 'HEAD').trim();
const [httpsUrl, sshUrl] = [
  (): string => hosted.https.url('shop.git'),
  (): string => hosted.ssh.url('shop.git'),
];

beforeAll(async () => {
  hosted = await hostedMachine();
  ({ machine } = hosted);
  hosted.acceptToken(token);
});
afterAll(async () => {
  expect(await hosted.dispose()).toEqual([]);
});

async function deployReplicas(from: number, to: number): Promise<void> {
  const values = readFileSync(join(machine.clone, 'clusters/dev/values.yaml'), 'utf8');
  const edited = values.replace(
    new RegExp(`(prediction-api:\\n(?: .*\\n)*?\\s+replicas: )${from}`),
    `$1${to}`,
  );
  await machine.write('clusters/dev/values.yaml', edited);
  const { exitCode, stderr } = await machine.platform('deploy', 'dev', '-m', `${to} pods`);
  expect(stderr).toContain('push to origin');
  expect(exitCode, stderr).toBe(0);
  const live = ['get', 'deployment/prediction-api', '-n', 'ml', '-o', 'jsonpath={.status.readyReplicas}'];
  expect(await machine.kubectl(...live)).toBe(String(to));
}

describe('a remote over https', () => {
  it('wants a token, then what is not pushed yet, and makes nothing before', async () => {
    await machine.write('git-ca.pem', hosted.https.ca);
    await hosted.follow(`remote: ${httpsUrl()}`, 'username: ada', 'caFile: git-ca.pem');
    expect((await machine.json('bootstrap', 'dev')).document.error).toMatchObject({
      code: 'GIT_ACCESS_DENIED',
      hint: expect.stringContaining('platform bootstrap dev --git-token-stdin') as string,
    });

    const wrong = await hosted.withInput('another-token\n', 'bootstrap', 'dev', '--git-token-stdin');
    expect(wrong.exitCode).toBe(4);
    expect(wrong.stderr).toContain('does not let the token of dev read shop');
    expect(wrong.stderr).not.toContain('another-token');

    machine.git('remote', 'set-url', 'origin', httpsUrl());
    const early = await hosted.withInput(`${token}\n`, 'bootstrap', 'dev', '--git-token-stdin');
    expect(early.exitCode).toBe(2);
    expect(early.stderr).toContain(`${httpsUrl()} has no branch main`);
    expect(early.stderr).toContain('git push origin HEAD:main');
    expect(statSync(kept('dev.gittoken')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(machine.home, '.local/state/platform/acme')).sort()).toEqual([]);
  });

  it('is what Flux follows, without another repository or git remote', async () => {
    await hosted.gitOverNetwork('push', '--quiet', 'origin', 'HEAD:main');
    const { exitCode, document, stderr } = await machine.json('bootstrap', 'dev', '--engine', 'embedded');
    expect(exitCode, stderr).toBe(0);
    expect(document.data).toMatchObject({ commit: head(), engine: 'embedded' });
    expect(stderr).toContain('[1/9] check the git remote');
    expect(machine.git('remote').trim()).toBe('origin');
    expect(await inFlux('gitrepository/platform', '{.spec.url}')).toBe(httpsUrl());
    expect((await machine.platform('bootstrap', 'dev')).stdout).toMatch(/^dev was up already/);
  });

  it('gets what deploy commits, and Flux applies it at once', async () => {
    await deployReplicas(1, 2);
    expect(await hosted.gitOverNetwork('ls-remote', 'origin', 'main')).toContain(head());
    expect((await machine.json('status', 'dev')).document.data).toMatchObject({
      git: { head: head(), published: head(), applied: head(), ahead: 0, behind: 0 },
    });
  });
});

describe('a token that was replaced', () => {
  it('is named as the reason, and the next bootstrap takes the new one', async () => {
    hosted.acceptToken(nextToken);
    const source = ['gitrepository/platform', '-n', 'flux-system'];
    await machine.kubectl('annotate', ...source, '--overwrite', 'reconcile.fluxcd.io/requestedAt=now');
    await machine.kubectl('wait', ...source, '--for=condition=Ready=False', '--timeout=60s');
    const { exitCode, stdout } = await machine.platform('status', 'dev');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${httpsUrl()} refuses the credentials`);

    expect((await machine.json('bootstrap', 'dev')).document.error?.code).toBe('GIT_ACCESS_DENIED');
    const mended = await hosted.withInput(nextToken, 'bootstrap', 'dev', '--git-token-stdin');
    expect(mended.exitCode, mended.stderr).toBe(0);
  });
});

describe('the same repository over ssh', () => {
  it('wants the host to be known, also by a hashed name, and the deploy key to be added', async () => {
    await hosted.follow(`remote: ${sshUrl()}`);
    await hosted.gitOverNetwork('push', '--quiet', 'origin', 'HEAD:main');
    const unknown = (await machine.json('bootstrap', 'dev')).document.error;
    expect(unknown).toMatchObject({
      code: 'GIT_HOST_UNTRUSTED',
      hint: expect.stringContaining(`ssh-keyscan -p ${hosted.ssh.port} 127.0.0.1`) as string,
    });

    const known = join(machine.home, '.ssh/known_hosts');
    writeFileSync(known, hosted.ssh.knownHosts('ed25519'));
    execFileSync('ssh-keygen', ['-H', '-f', known], { stdio: 'ignore' });
    expect(readFileSync(known, 'utf8')).toMatch(/^\|1\|/);
    const { exitCode, document } = await machine.json('bootstrap', 'dev');
    expect({ exitCode, code: document.error?.code }).toEqual({ exitCode: 4, code: 'GIT_ACCESS_DENIED' });
    const publicKey = /^ssh-ed25519 \S+ flux@acme-dev$/m.exec(document.error?.message ?? '')?.[0] ?? '';
    expect(publicKey).not.toBe('');
    expect(statSync(kept('dev.deploykey')).mode & 0o777).toBe(0o600);
    await hosted.ssh.allow(publicKey, 'read');
  });

  it('is followed by the cluster that is there', async () => {
    const { exitCode, stderr } = await machine.platform('bootstrap', 'dev');
    expect(exitCode, stderr).toBe(0);
    const seen = await inFlux('gitrepository/platform', '{.spec.url} {.status.artifact.revision}');
    expect(seen).toBe(`${sshUrl()} main@sha1:${head()}`);
    const keys = await inFlux('secret/platform-git', '{.data}');
    expect(Object.keys(JSON.parse(keys) as object).sort()).toEqual([
      'identity',
      'identity.pub',
      'known_hosts',
    ]);
  });

  it('gets what deploy commits, by the key of the person who deploys', async () => {
    machine.git('remote', 'set-url', 'origin', sshUrl());
    await deployReplicas(2, 3);
  });

  it('gives everything back after a nuke-and-rebuild, and asks for nothing', async () => {
    machine.git('commit', '--allow-empty', '--message', 'Not pushed');
    const { exitCode, document, stderr } = await machine.json('nuke-and-rebuild', 'dev', '--confirm=dev');
    expect(exitCode, stderr).toBe(0);
    expect(document.data).toMatchObject({ commit: machine.git('rev-parse', 'HEAD~1').trim() });
    expect((await machine.platform('stop', 'dev')).exitCode).toBe(0);
    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);
  });

  it('shows neither token nor keys: not in what is printed, in logs, processes, or git', async () => {
    const key = readFileSync(kept('dev.deploykey'), 'utf8');
    const lines = key.split('\n').filter((line) => line.length > 40);
    const secrets = [
      ...(await secretsOf(machine, 'dev')),
      ...[token, nextToken].flatMap((value) => [
        { name: 'git token', value },
        { name: 'git token in base64', value: Buffer.from(`ada:${value}`).toString('base64') },
      ]),
      ...lines.map((value, index) => ({ name: `line ${index} of the deploy key`, value })),
    ];
    const state = join(machine.home, '.local/state/platform/acme/dev');
    const logs = readdirSync(join(state, 'logs')).map((name) => join(state, 'logs', name));
    const places = {
      'what was printed': machine.said.concat(hosted.printed).join('\n'),
      'the list of processes': processesOf(machine.folder)
        .map(({ args }) => args)
        .join('\n'),
      'git of the clone': machine.git('log', '--all', '--patch', '--format=fuller'),
      ...Object.fromEntries(logs.map((path) => [path, readFileSync(path, 'utf8')])),
    };
    expect(findSecrets(secrets, places)).toEqual([]);
  });

  it('outlives the cluster, with its key', async () => {
    const { exitCode, stderr } = await machine.platform('delete', 'dev', '--confirm=dev', '--purge');
    expect(exitCode, stderr).toBe(0);
    expect(machine.git('remote').trim()).toBe('origin');
    expect(await hosted.gitOverNetwork('ls-remote', 'origin', 'main')).not.toBe('');
    expect(readdirSync(join(machine.home, '.config/platform/acme')).sort()).toEqual([
      expect.stringMatching(/^dev\.agekey\.purged-/),
      'dev.deploykey',
      'dev.gittoken',
    ]);
  });
});
