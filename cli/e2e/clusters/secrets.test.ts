import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { realRun } from '../../testing/real-tools.ts';

// `platform secrets` from the first key to the second, on a real cluster.
let machine: Machine;
let keyFile: string;
const [password, token] = [randomUUID(), randomUUID()];
const name = 'prediction-api-database';

beforeAll(async () => {
  machine = await newMachine();
  keyFile = join(machine.home, '.config/platform/acme/dev.agekey');
  await withoutBackfill(machine);
  expect((await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).exitCode).toBe(0);
});
afterAll(async () => expect(await machine.dispose()).toEqual([]));

/** As a person types `platform secrets … < file`. What it prints stays out of what the machine has said. */
function secrets(input: string, ...args: string[]): string {
  return execFileSync(join(machine.clone, 'platform'), ['secrets', ...args], {
    cwd: machine.clone,
    env: machine.env,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

async function inCluster(secret: string, key: string, namespace = 'ml'): Promise<string> {
  const path = `jsonpath={.data.${key.replace('.', '\\.')}}`;
  const found = await machine.kubectl('get', 'secret', secret, '-n', namespace, '-o', path);
  return Buffer.from(found, 'base64').toString();
}

const identities = (text: string): string[] => text.match(/^AGE-SECRET-KEY-1\w+$/gm) ?? [];
const clusterKeys = async (): Promise<string[]> =>
  identities(await inCluster('sops-age', 'identity.agekey', 'flux-system'));
const ownKeys = (): string[] => identities(readFileSync(keyFile, 'utf8'));

async function deploy(): Promise<void> {
  const { exitCode, stderr } = await machine.platform('deploy', 'dev', '--yes');
  expect(exitCode, stderr).toBe(0);
}

it('a value that is set is in the cluster after a deploy, instead of the random one that bootstrap made', async () => {
  expect(await inCluster(name, 'password')).toMatch(/^[\w-]{32}$/);

  expect((await machine.platform('secrets', 'init', 'dev')).exitCode).toBe(0);
  secrets(`${password}\n`, 'set', 'dev', name, 'password');
  secrets(token, 'set', 'dev', 'exchange', 'token');
  machine.git('add', '--all');
  machine.git('commit', '--message', 'Set the passwords');
  await deploy();

  expect(await inCluster(name, 'password')).toBe(password);
  expect(await inCluster('exchange', 'token')).toBe(token);
  expect(await machine.json('secrets', 'check', 'dev')).toMatchObject({
    exitCode: 0,
    document: {
      data: {
        environments: [
          {
            opened: [`clusters/dev/secrets/exchange.yaml`, `clusters/dev/secrets/${name}.yaml`],
            uses: [
              { name: 'exchange', by: [] },
              { name, by: ['Deployment/ml/prediction-api'], keys: ['password'] },
            ],
          },
        ],
      },
    },
  });
});

it('an editor sees the plain text, and what it saves is encrypted; off a terminal nothing of it is printed', async () => {
  expect((await machine.json('secrets', 'edit', 'dev', 'exchange')).document.error).toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('platform secrets set dev exchange') as string,
  });
  machine.env['EDITOR'] = 'cat';
  expect((await machine.platform('secrets', 'edit', 'dev', 'exchange')).stdout).not.toContain(token);
  machine.env['EDITOR'] = `sed -i s/${token}/${token}-edited/`;
  expect((await machine.platform('secrets', 'edit', 'dev', 'exchange')).exitCode).toBe(0);

  expect(secrets('', 'view', 'dev', 'exchange', 'token')).toBe(`${token}-edited\n`);
  expect(machine.git('diff').includes(token)).toBe(false);
  machine.git('commit', '--all', '--message', 'Change the token');
});

describe('rotation', () => {
  it('starts only from what the cluster runs', async () => {
    const ahead = await machine.json('secrets', 'rotate', 'dev');

    expect(ahead).toMatchObject({ exitCode: 2, document: { error: { code: 'COMMITS_NOT_PUSHED' } } });
    expect(ownKeys()).toHaveLength(1);
    await deploy();
    expect(await machine.json('secrets', 'rotate', 'dev', '--dry-run')).toMatchObject({
      exitCode: 0,
      document: { data: { dryRun: true, files: [expect.any(String), expect.any(String)] } },
    });
    expect(ownKeys()).toHaveLength(1);
  });

  it('that is killed half-way leaves everything open with both keys, and goes on with the same one', async () => {
    const [old = ''] = ownKeys();
    const killed = machine.start('secrets', 'rotate', 'dev');
    await killed.says('encrypt the files for the new key');
    killed.child.kill('SIGKILL');
    await killed.ended;

    const [fresh = '', ...older] = ownKeys();
    expect(older).toEqual([old]);
    expect((await clusterKeys()).sort()).toEqual([fresh, old].sort());
    expect(secrets('', 'view', 'dev', 'exchange', 'token')).toBe(`${token}-edited\n`);

    const { exitCode, document, stderr } = await machine.json('secrets', 'rotate', 'dev');

    expect(exitCode, stderr).toBe(0);
    expect(ownKeys()).toEqual([fresh]);
    expect(await clusterKeys()).toEqual([fresh]);
    expect(identities(readFileSync(`${keyFile}.retired`, 'utf8'))).toEqual([old]);
    expect(await inCluster('exchange', 'token')).toBe(`${token}-edited`);
    expect(machine.git('status', '--short').trim()).toBe('');
    const { commit, files, recipient } = document.data as {
      commit: string;
      files: string[];
      recipient: string;
    };
    expect(commit).toBe(machine.git('rev-parse', 'HEAD').trim());
    expect(files).toHaveLength(2);
    for (const path of files)
      expect(readFileSync(join(machine.clone, path), 'utf8')).toContain(`recipient: ${recipient}\n`);
    expect((await machine.platform('secrets', 'check', 'dev')).exitCode).toBe(0);
  });

  it('stops before anything where the key here opens nothing', async () => {
    const right = readFileSync(keyFile, 'utf8');
    const { stdout: wrong } = await realRun()({ tool: 'age-keygen', args: [], timeoutMs: 60_000 });
    writeFileSync(keyFile, wrong, { mode: 0o600 });

    const refused = await machine.json('secrets', 'rotate', 'dev');
    const check = await machine.json('secrets', 'check', 'dev');

    expect(refused).toMatchObject({ exitCode: 4, document: { error: { code: 'SECRET_KEY_MISSING' } } });
    expect(check).toMatchObject({
      exitCode: 1,
      document: { data: { environments: [{ opened: [], findings: [{ code: 'SECRET_KEY_MISSING' }, {}] }] } },
    });
    expect(readFileSync(keyFile, 'utf8')).toBe(wrong);
    writeFileSync(keyFile, right, { mode: 0o600 });
  });
});

it('a cluster that lost its key says so, and bootstrap gives it the key again', async () => {
  const [key = ''] = ownKeys();
  await machine.kubectl('delete', 'secret', 'sops-age', '-n', 'flux-system');
  secrets(`${token}-2`, 'set', 'dev', 'exchange', 'token');
  machine.git('commit', '--all', '--message', 'Another token');

  machine.git('push', 'dev');
  const status = async (): Promise<string> => (await machine.platform('status', 'dev')).stdout;
  await expect.poll(status, { timeout: 60_000, interval: 1_000 }).toMatch(/secrets.*(decrypt|sops-age)/);
  const mended = await machine.platform('bootstrap', 'dev');

  expect(mended.exitCode, mended.stderr).toBe(0);
  expect(await clusterKeys()).toEqual([key]);
  expect(await inCluster('exchange', 'token')).toBe(`${token}-2`);
});

it('a commit with a plain Secret is refused by the hook, and found by validate', async () => {
  expect((await machine.platform('secrets', 'check', '--install-hook')).exitCode).toBe(0);
  const plain = 'apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: ml }\nstringData: { a: b }\n';
  await machine.write('apps/trades/base/secret.yaml', plain);
  machine.git('add', '--all');

  expect(() => machine.git('commit', '--message', 'Oops')).toThrow();
  machine.git('reset', '--quiet');
  machine.git('add', '--intent-to-add', 'apps/trades/base/secret.yaml');
  expect(() => machine.git('commit', '--all', '--message', 'Oops')).toThrow();
  expect(() => machine.git('commit', '--message', 'Oops', 'apps/trades/base/secret.yaml')).toThrow();
  expect(machine.git('log', '-1', '--format=%s').trim()).toBe('Another token');
  expect((await machine.json('validate', 'dev')).document.data).toMatchObject({
    environments: [{ findings: [{ code: 'SECRET_PLAINTEXT', object: 'Secret/ml/a' }] }],
  });
});

it('a key is not rotated where its cluster is not to be seen: that would be left with a key that opens nothing', async () => {
  expect((await machine.platform('secrets', 'init', 'prod')).exitCode).toBe(0);
  const file = keyFile.replace('dev.agekey', 'prod.agekey');
  const before = readFileSync(file, 'utf8');

  const { exitCode, document } = await machine.json('secrets', 'rotate', 'prod');

  expect({ exitCode, code: document.error?.code }).toEqual({ exitCode: 4, code: 'CLUSTER_MISSING' });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('no value and no key was ever printed or committed', () => {
  const keys = [...ownKeys(), ...identities(readFileSync(`${keyFile}.retired`, 'utf8'))];
  const all = machine.said.join('\n') + machine.git('log', '--all', '--patch');
  expect(keys).toHaveLength(2);
  for (const secret of [password, token, ...keys]) expect(all.includes(secret)).toBe(false);
});
