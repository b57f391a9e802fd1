import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../testing/e2e-machine.ts';

// Components on the embedded engine, where External Secrets is the real controller.
let machine: Machine;
const values = 'clusters/dev/values.yaml';
const minutes = (count: number): number => count * 60_000;

const components = `
components:
  metrics-server: { enabled: true }
  keda: { enabled: true }
  reloader: { enabled: true }
  external-secrets:
    enabled: true
    store:
      kind: fake
      fake: { data: { "dev/database": '{"password":"from the store"}' } }
`;

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
  await machine.edit(
    values,
    'replicas: 1\n    logLevel: debug\n    # after',
    'replicas: 1\n    database: { externalSecret: { key: dev/database, property: password, refresh: 1s } }\n    # after',
  );
  await machine.edit(values, 'sizing: small\n', `sizing: small\n${components}`);
  await commit('With components');
  const { exitCode, stderr } = await machine.platform('bootstrap', 'dev', '--engine', 'embedded');
  expect(exitCode, stderr).toBe(0);
}, minutes(30)); // where External Secrets has to be built first
afterAll(async () => expect(await machine.dispose()).toEqual([]));

async function commit(message: string): Promise<void> {
  const { exitCode, stderr } = await machine.platform('render', 'dev');
  expect(exitCode, stderr).toBe(0);
  machine.git('add', '--all');
  machine.git('commit', '--message', message);
}

async function secret(): Promise<string> {
  const path = 'jsonpath={.data.password}';
  const args = ['-n', 'ml', '--ignore-not-found', '-o', path];
  const encoded = await machine.kubectl('get', 'secret', 'prediction-api-database', ...args);
  return Buffer.from(encoded, 'base64').toString();
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 60_000, interval: 500 });
}

describe('External Secrets', () => {
  it('makes the Secret that the app takes its password from, out of the store', async () => {
    await eventually(async () => expect(await secret()).toBe('from the store'));
    const { stdout } = await machine.platform('status', 'dev');
    expect(stdout).toMatch(/stand-in .*external-secrets runs as a process, version/);
    expect(stdout).toMatch(/stand-in .*KEDA does not run/);
  });

  it('brings a value that changes in the store', async () => {
    await machine.edit(values, 'from the store', 'rotated in the store');
    await commit('Rotate');
    machine.git('push', 'dev');

    await eventually(async () => expect(await secret()).toBe('rotated in the store'));
  });

  it('names the store and the key where the store has no such key, and the Secret stays', async () => {
    await machine.edit(values, 'key: dev/database', 'key: dev/databases');
    await commit('A key that is not there');
    machine.git('push', 'dev');

    await eventually(async () => {
      const { stdout } = await machine.platform('status', 'dev');
      expect(stdout).toContain('ExternalSecret ml/prediction-api-database');
      expect(stdout).toContain('cannot be read from ClusterSecretStore platform');
      expect(stdout).toContain('dev/databases');
    });
    expect(await secret()).toBe('rotated in the store');
    await machine.edit(values, 'key: dev/databases', 'key: dev/database');
    await commit('The key again');
    machine.git('push', 'dev');
    await eventually(async () => expect((await machine.platform('status', 'dev')).exitCode).toBe(0));
  });
});

it('refuses to switch off what an app needs', async () => {
  expect(await machine.json('component', 'disable', 'external-secrets', 'dev')).toMatchObject({
    exitCode: 2,
    document: { error: { code: 'VALUES_INVALID' } },
  });
});

it('takes the process away with the component, at the next bootstrap', { timeout: minutes(5) }, async () => {
  await machine.edit(
    values,
    'database: { externalSecret: { key: dev/database, property: password, refresh: 1s } }\n    ',
    '',
  );
  expect((await machine.platform('component', 'disable', 'external-secrets', 'dev')).exitCode).toBe(0);
  await commit('Without a store');
  const { exitCode, stderr } = await machine.platform('bootstrap', 'dev');
  expect(exitCode, stderr).toBe(0);
  const { document } = await machine.json('status', 'dev');
  expect(JSON.stringify(document.data?.['parts'])).not.toContain('external-secrets');
});
