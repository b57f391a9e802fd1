import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { database, scaledByTime, withAllComponents } from '../../testing/all-components.ts';
import { commitRendered } from '../../testing/commit-rendered.ts';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';

// All components and autoscaling on one embedded cluster: External Secrets is the real controller, KEDA's kinds are the real ones; nothing
// measures simulated pods, so an autoscaler keeps to its bounds and otherwise leaves the number alone.
let machine: Machine;
const values = 'clusters/dev/values.yaml';
const minutes = (count: number): number => count * 60_000;
const fake = 'kind: fake\n';
const down = 'kind: vault\n      vault: { server: "http://127.0.0.1:9" }\n';

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
  await withAllComponents(machine, ['replicas: 3', database]);
  const { exitCode, stderr } = await machine.platform('bootstrap', 'dev', '--engine', 'embedded');
  expect(exitCode, stderr).toBe(0);
}, minutes(30)); // where External Secrets has to be built first
afterAll(async () => expect(await machine.dispose()).toEqual([]));

/** Changes the one place in the values, and pushes what that renders. */
async function push(from: string, to: string): Promise<void> {
  await machine.edit(values, from, to);
  await commitRendered(machine, `${to.trim().split('\n')[0] ?? ''} in place of ${from.trim()}`);
  machine.git('push', 'dev');
}

async function deploy(): Promise<void> {
  const { exitCode, stderr } = await machine.platform('deploy', 'dev', '--yes');
  expect(exitCode, stderr).toBe(0);
}

async function reconcileApp(): Promise<void> {
  await machine.kubectl(
    'annotate',
    'kustomization/prediction-api',
    '-n',
    'flux-system',
    '--overwrite',
    `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`,
  );
}

async function read(kind: string, name: string, path: string): Promise<string> {
  return machine.kubectl(
    'get',
    kind,
    name,
    '-n',
    'ml',
    '--ignore-not-found',
    '--output',
    `jsonpath={${path}}`,
  );
}

async function password(): Promise<string> {
  return Buffer.from(await read('secret', 'prediction-api-database', '.data.password'), 'base64').toString();
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 60_000, interval: 500 });
}

const allReady = async (): Promise<void> =>
  eventually(async () => {
    const { exitCode, stdout } = await machine.platform('status', 'dev');
    expect(exitCode, stdout).toBe(0);
  });

describe('External Secrets', () => {
  it('makes the Secret that the app takes its password from, out of the store', async () => {
    await eventually(async () => expect(await password()).toBe('from the store'));
    const { stdout } = await machine.platform('status', 'dev');
    expect(stdout).toMatch(/stand-in .*external-secrets runs as a process, version/);
    expect(stdout).toMatch(/stand-in .*KEDA does not run/);
  });

  it('brings a value that changes in the store', async () => {
    await push('from the store', 'rotated in the store');

    await eventually(async () => expect(await password()).toBe('rotated in the store'));
  });

  it('names the store and the key where the store has no such key, and the Secret stays', async () => {
    await push('key: dev/database', 'key: dev/databases');

    await eventually(async () => {
      const { stdout } = await machine.platform('status', 'dev');
      expect(stdout).toContain('ExternalSecret ml/prediction-api-database');
      expect(stdout).toContain('cannot be read from ClusterSecretStore platform');
      expect(stdout).toContain('dev/databases');
    });
    expect(await password()).toBe('rotated in the store');
    await push('key: dev/databases', 'key: dev/database');
    await allReady();
  });

  it('names a store that does not answer; the Secret stays, and all is well when it answers again', async () => {
    await push(fake, down);

    await eventually(async () => {
      const { stdout } = await machine.platform('status', 'dev');
      expect(stdout).toContain('ClusterSecretStore platform');
      expect(stdout).toContain('nothing can be read from this store');
    });
    expect(await password()).toBe('rotated in the store');
    await push(down, fake);
    await allReady();
  });

  it('that was taken out of the tree by hand is named by those who wait for it', async () => {
    machine.git('rm', 'clusters/dev/flux/external-secrets.yaml');
    machine.git('commit', '--message', 'Without the Kustomization of External Secrets');
    machine.git('push', 'dev');
    await eventually(async () => {
      const found = await machine.kubectl('get', 'kustomizations', '-n', 'flux-system', '--output', 'name');
      expect(found).not.toMatch(/\/external-secrets$/m);
    });
    await reconcileApp(); // at this push it may have looked before the other one was gone

    await eventually(async () => {
      const { stdout } = await machine.platform('why', 'dev', 'ks/prediction-api');
      expect(stdout).toMatch(/prediction-api waits for .*external-secrets: not in the cluster/);
    });
    expect(await password()).toBe('rotated in the store');
    machine.git('revert', '--no-edit', 'HEAD');
    machine.git('push', 'dev');
    await allReady();
  });
});

describe('the switch from a fixed number of pods to an autoscaler', () => {
  const replicas = async (): Promise<string> => read('deployment', 'prediction-api', '.spec.replicas');

  /** What identifies the pods, sorted: the same before and after says that none went and none came. */
  async function pods(): Promise<string[]> {
    const label = 'app.kubernetes.io/name=prediction-api';
    const path = 'jsonpath={.items[*].metadata.uid}';
    return (await machine.kubectl('get', 'pods', '-n', 'ml', '-l', label, '-o', path)).split(' ').sort();
  }

  it('drops no pod, and the autoscaler is what values say', async () => {
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
    await reconcileApp();

    const percent = '.spec.metrics[0].resource.target.averageUtilization';
    await expect.poll(async () => read('hpa', 'prediction-api', percent), { timeout: 30_000 }).toBe('60');
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
    expect(await read('hpa', 'prediction-api', '.metadata.name')).toBe('');
  });

  it('makes a ScaledObject that the real API takes, and a wrong one is refused', async () => {
    await machine.edit(
      values,
      'autoscaling: { kind: none, min: 2, max: 6, cpuPercent: 60, memoryPercent: 80 }',
      scaledByTime,
    );
    await deploy();

    const found = '.spec.minReplicaCount} {.spec.triggers[0].metadata.desiredReplicas';
    await expect
      .poll(async () => read('scaledobject', 'prediction-api', found), { timeout: 30_000 })
      .toBe('0 2');
    const wrong = ['patch', 'scaledobject', 'prediction-api', '-n', 'ml', '--type=merge'];
    await expect(machine.kubectl(...wrong, '--patch', '{"spec":{"maxReplicaCount":"many"}}')).rejects.toThrow(
      /maxReplicaCount/,
    );
  });
});

describe('with all components', () => {
  it('nuke-and-rebuild gives back the same inventory', { timeout: minutes(5) }, async () => {
    await allReady();

    const { exitCode, document } = await machine.json('nuke-and-rebuild', 'dev', '--confirm=dev');

    expect({ exitCode, document }).toMatchObject({
      exitCode: 0,
      document: { kind: 'NukeResult', data: { missing: [], changed: [], equal: true } },
    });
    await eventually(async () => expect(await password()).toBe('rotated in the store'));
  });

  it('refuses to switch off what an app needs', async () => {
    expect(await machine.json('component', 'disable', 'external-secrets', 'dev')).toMatchObject({
      exitCode: 2,
      document: { error: { code: 'VALUES_INVALID' } },
    });
  });

  it('says what goes with a component that is switched off, and is well without it', async () => {
    await machine.edit(values, `    ${scaledByTime}\n`, '');

    const { document } = await machine.json('component', 'disable', 'keda', 'dev');
    await deploy();

    expect(document.warnings).toEqual([
      expect.stringMatching(/^Flux takes keda out of the cluster, and all objects of its kinds with it/),
    ]);
    expect(await read('scaledobject', 'prediction-api', '.metadata.name')).toBe('');
    await allReady();
  });

  it('names what still holds an object of a component that is switched off', async () => {
    const finalizers = async (list: string): Promise<string> =>
      machine.kubectl(
        'patch',
        'clustersecretstore/platform',
        '--type=merge',
        `--patch={"metadata":{"finalizers":${list}}}`,
      );
    await finalizers('["example.com/in-use"]'); // as External Secrets itself does where a PushSecret uses the store
    await machine.edit(values, `${database}\n    `, '');
    expect((await machine.platform('component', 'disable', 'external-secrets', 'dev')).exitCode).toBe(0);
    await commitRendered(machine, 'Without a store');
    machine.git('push', 'dev');

    await eventually(async () => {
      const { stdout } = await machine.platform('status', 'dev');
      expect(stdout).toContain('ClusterSecretStore platform: is being deleted, waits for example.com/in-use');
    });
    await finalizers('null');
    await allReady();
  });

  it('takes a process away with its component, at the next bootstrap', { timeout: minutes(5) }, async () => {
    const { exitCode, stderr } = await machine.platform('bootstrap', 'dev');
    expect(exitCode, stderr).toBe(0);
    const { document } = await machine.json('status', 'dev');
    expect(JSON.stringify(document.data?.['parts'])).not.toContain('external-secrets');
  });
});
