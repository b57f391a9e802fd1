import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { realRun } from '../../testing/real-tools.ts';
import { withHelmRelease } from '../../testing/with-helm-release.ts';

// Helm for packages and SOPS for secrets, each from the one repository that Flux follows.
let machine: Machine;
const machines: Machine[] = [];
const agekey = (of: Machine): string => join(of.home, '.config/platform/acme/dev.agekey');
const password = randomUUID();

/** The public half of a machine's age key: what files are encrypted for. */
const recipient = (of: Machine): string =>
  /age1[0-9a-z]+/.exec(readFileSync(agekey(of), 'utf8'))?.[0] ?? 'no key';

beforeAll(async () => {
  machine = await newMachine();
  machines.push(machine);
  await withoutBackfill(machine);
  expect((await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).exitCode).toBe(0);
});
afterAll(async () => {
  for (const each of machines) expect(await each.dispose()).toEqual([]);
});

describe('a push', () => {
  it('of a HelmRelease installs its chart', async () => {
    await withHelmRelease(machine);
    machine.git('push', 'dev');

    await vi.waitFor(
      async () =>
        expect(
          await machine.kubectl(
            'get',
            'configmap',
            'greeting',
            '-n',
            'ml',
            '-o',
            'jsonpath={.data.greeting}',
          ),
        ).toBe('good morning from chart 0.1.0'),
      { timeout: 60_000, interval: 250 },
    );
    expect((await machine.platform('validate', 'dev')).exitCode).toBe(0);
  });

  it('of a Secret that is encrypted for the key of bootstrap brings it into the cluster, decrypted', async () => {
    const secret = `apiVersion: v1
kind: Secret
metadata:
  name: exchange
  namespace: ml
stringData:
  password: ${password}
`;
    const { stdout: encrypted } = await realRun()({
      tool: 'sops',
      args: [
        'encrypt',
        '--age',
        recipient(machine),
        '--encrypted-regex',
        '^(data|stringData)$',
        '--input-type',
        'yaml',
        '--output-type',
        'yaml',
        '--filename-override',
        'exchange.yaml',
      ],
      input: secret,
      timeoutMs: 60_000,
    });
    await machine.write('clusters/dev/secrets/exchange.yaml', encrypted);
    await machine.edit('clusters/dev/values.yaml', 'sizing: small', 'sizing: small\nsecrets: { sops: true }');
    expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
    machine.git('add', '--all');
    machine.git('commit', '--message', 'Keep the password of the exchange');
    machine.git('push', 'dev');

    await vi.waitFor(
      async () => {
        const found = await machine.kubectl(
          'get',
          'secret',
          'exchange',
          '-n',
          'ml',
          '--ignore-not-found',
          '-o',
          'jsonpath={.data.password}',
        );
        expect(Buffer.from(found, 'base64').toString()).toBe(password);
      },
      { timeout: 60_000, interval: 250 },
    );
    expect(machine.git('log', '--all', '--patch').includes(password)).toBe(false);
    expect((await machine.platform('deploy', 'dev')).exitCode, 'validates, and all is Ready').toBe(0);
  });

  it('survives a rebuild: the release and the Secret come back as they were', async () => {
    const { exitCode, document } = await machine.json('nuke-and-rebuild', 'dev', '--confirm=dev');

    expect({ exitCode, document }, JSON.stringify(document.error)).toMatchObject({
      exitCode: 0,
      document: { data: { equal: true } },
    });
    const same = document.data?.['same'] as string[];
    expect(same).toEqual(
      expect.arrayContaining(['HelmRelease/ml/greeting', 'ConfigMap/ml/greeting', 'Secret/ml/exchange']),
    );
    expect(machine.said.join('\n').includes(password)).toBe(false);
  });
});

describe('encrypted files whose key is not on this machine', () => {
  it('stop bootstrap before anything is created, and it says where the key belongs', async () => {
    const other = await newMachine();
    machines.push(other);
    other.git('fetch', '--quiet', machine.clone, 'main');
    other.git('reset', '--hard', 'FETCH_HEAD');

    const missing = await other.json('bootstrap', 'dev', '--engine', 'embedded');

    expect(missing).toMatchObject({ exitCode: 4, document: { error: { code: 'SECRET_KEY_MISSING' } } });
    expect(missing.document.error?.hint).toContain(`save it with mode 0600 as ${agekey(other)}`);
    const { stdout: wrong } = await realRun()({ tool: 'age-keygen', args: [], timeoutMs: 60_000 });
    mkdirSync(dirname(agekey(other)), { recursive: true });
    writeFileSync(agekey(other), wrong, { mode: 0o600 });

    const refused = await other.json('bootstrap', 'dev', '--engine', 'embedded');

    expect(refused).toMatchObject({ exitCode: 4, document: { error: { code: 'SECRET_KEY_MISSING' } } });
    expect(refused.document.error?.message).toContain(recipient(other));
    expect(other.said.join('\n').includes('AGE-SECRET-KEY-1')).toBe(false);
    const state = join(other.home, '.local/state/platform/acme');
    for (const path of [join(state, 'dev'), join(state, 'dev.keep'), join(other.home, '.kube')]) {
      expect(existsSync(path), path).toBe(false);
    }
    expect(other.git('remote').trim()).toBe('origin');
    expect(readFileSync(agekey(other), 'utf8')).toBe(wrong);
  });
});
