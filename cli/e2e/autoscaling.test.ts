import { afterAll, beforeAll, expect, it } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../testing/e2e-machine.ts';

// The switch from a fixed number of pods to an autoscaler and back, against the real API server, controllers and Flux. Nothing
// measures simulated pods, so here the autoscaler keeps to its bounds and otherwise leaves the number alone.
let machine: Machine;

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
  await machine.edit(values, 'replicas: 1\n    logLevel: debug\n    # after', 'replicas: 3\n    # after');
  expect((await machine.platform('component', 'enable', 'metrics-server', 'dev')).exitCode).toBe(0);
  await commit('Three pods');
  expect((await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).exitCode).toBe(0);
});
afterAll(async () => expect(await machine.dispose()).toEqual([]));

const values = 'clusters/dev/values.yaml';

async function commit(message: string): Promise<void> {
  expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
  machine.git('add', '--all'); // a component that is switched on brings files
  machine.git('commit', '--message', message);
}

async function deploy(): Promise<void> {
  const { exitCode, stderr } = await machine.platform('deploy', 'dev', '--yes');
  expect(exitCode, stderr).toBe(0);
}

async function read(kind: string, path: string): Promise<string> {
  const args = ['get', kind, 'prediction-api', '-n', 'ml', '--ignore-not-found', '-o', `jsonpath={${path}}`];
  return machine.kubectl(...args);
}

const replicas = async (): Promise<string> => read('deployment', '.spec.replicas');

/** What identifies the pods, sorted: the same before and after says that none went and none came. */
async function pods(): Promise<string[]> {
  const label = 'app.kubernetes.io/name=prediction-api';
  const path = 'jsonpath={.items[*].metadata.uid}';
  return (await machine.kubectl('get', 'pods', '-n', 'ml', '-l', label, '-o', path)).split(' ').sort();
}

it('drops no pod when it is switched on, and the autoscaler is what values say', async () => {
  const before = await pods();
  expect(before).toHaveLength(3);

  await machine.edit(
    values,
    'replicas: 3',
    'replicas: 3\n    autoscaling: { kind: hpa, min: 2, max: 6, cpuPercent: 55, memoryPercent: 80 }',
  );
  await deploy();

  expect(await pods()).toEqual(before);
  const scaler = JSON.parse(
    await machine.kubectl('get', 'hpa', 'prediction-api', '-n', 'ml', '-o', 'json'),
  ) as object;
  const resource = (name: string, averageUtilization: number): object => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  expect(scaler).toMatchObject({
    spec: { minReplicas: 2, maxReplicas: 6, metrics: [resource('cpu', 55), resource('memory', 80)] },
  });
});

it('leaves a number to the autoscaler that git does not have, push after push', async () => {
  await machine.kubectl('scale', 'deployment/prediction-api', '-n', 'ml', '--replicas=5');
  await expect.poll(async () => (await pods()).length, { timeout: 30_000 }).toBe(5);
  const before = await pods();
  await machine.edit(values, 'cpuPercent: 55', 'cpuPercent: 60');
  await deploy();
  await machine.kubectl(
    'annotate',
    'kustomization/prediction-api',
    '-n',
    'flux-system',
    `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`,
  );

  await expect
    .poll(async () => read('hpa', '.spec.metrics[0].resource.target.averageUtilization'))
    .toBe('60');
  expect(await replicas()).toBe('5');
  expect(await pods()).toEqual(before);
});

it('is refused where it would stop pods at once, before anything is written', async () => {
  await machine.edit(values, 'max: 6', 'max: 2');

  expect(await machine.json('deploy', 'dev', '--yes')).toMatchObject({
    exitCode: 2,
    document: {
      error: {
        code: 'VALUES_INVALID',
        details: [{ message: expect.stringContaining('replicas (3) is not between') as string }],
      },
    },
  });
  await machine.edit(values, 'max: 2', 'max: 6');
});

it('gives the number back to git when it is switched off, and the autoscaler is gone', async () => {
  await machine.edit(values, 'kind: hpa', 'kind: none');
  await deploy();

  await expect.poll(replicas, { timeout: 30_000 }).toBe('3');
  expect(await read('hpa', '.metadata.name')).toBe('');
});
