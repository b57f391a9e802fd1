import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeOwned } from '../../lifecycle/remove-owned.ts';
import { systemClock } from '../../ports/clock.ts';
import { borrowCluster, type BorrowedCluster } from '../../testing/borrowed-cluster.ts';
import type { Machine } from '../../testing/e2e-machine.ts';
import {
  bootstrapStage,
  databaseSecret,
  existingMachine,
  useCluster,
  type ExistingMachine,
} from '../../testing/existing-machine.ts';

// The platform comes into a cluster that was there before, and goes again.
let hosted: ExistingMachine;
let machine: Machine;
let cluster: BorrowedCluster;
const kubeconfig = (): string => join(machine.home, '.kube/config');

beforeAll(async () => {
  hosted = await existingMachine();
  ({ machine } = hosted);
  cluster = await borrowCluster(join(machine.folder, 'elsewhere'), 'ops');
  await cluster.startControllers();
  useCluster(machine, cluster);
});
afterAll(async () => {
  await cluster.remove();
  expect(await hosted.dispose()).toEqual([]);
});

describe('bootstrap of an existing cluster', () => {
  it('puts the platform into it, and changes no kubeconfig', async () => {
    const before = readFileSync(kubeconfig(), 'utf8');
    await bootstrapStage(hosted, cluster);
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(before);
    expect(await cluster.names('deployments', '--namespace=flux-system')).toHaveLength(3);
    expect((await machine.json('status', 'stage')).document.data).toMatchObject({
      engine: 'existing',
      state: 'running',
      context: 'acme-stage',
      model: { ready: true },
    });
  });

  it('works from a machine that knows nothing of it but the context', async () => {
    await rm(join(machine.home, '.local/state'), { recursive: true });
    expect((await machine.platform('status', 'stage')).exitCode).toBe(0);
    for (const command of ['stop', 'start']) {
      expect((await machine.json(command, 'stage')).document.error).toMatchObject({
        code: 'ENGINE_UNSUPPORTED',
        message: 'the cluster of stage was not made by this program, which neither stops nor starts it',
      });
    }
  });
});

describe('nuke-and-rebuild there', () => {
  it('takes out what Flux brought, leaves what others have, and proves that all came back', async () => {
    await cluster.kubectl(['create', 'configmap', 'of-others', '--namespace=ml']);
    const { exitCode, document, stderr } = await machine.json('nuke-and-rebuild', 'stage', '--confirm=stage');
    expect(exitCode, stderr + JSON.stringify(document)).toBe(0);
    expect(document.data).toMatchObject({ equal: true });
    expect(await cluster.names('configmap', 'of-others', '--namespace=ml')).toHaveLength(1);
  });
});

describe('delete there', () => {
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'team-b', namespace: 'default' },
    spec: { interval: '1h', url: 'https://git.example.test/team-b' },
  };

  it('asks with the name of the context', async () => {
    const { exitCode, stderr } = await machine.platform('delete', 'stage');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('out of the cluster of the context acme-stage (https://127.0.0.1:');
  });

  it('names what does not go, with its finalizer, and goes on when that is mended', async () => {
    const finalizers = (value: string): Promise<string> =>
      cluster.kubectl([
        'patch',
        'configmap/trades',
        '--namespace=ml',
        '--type=merge',
        `--patch={"metadata":{"finalizers":${value}}}`,
      ]);
    await finalizers('["example.test/backup"]');
    const removal = { kube: cluster.kube, clock: systemClock, kubectl: 'kubectl', timeoutMs: 4_000 };

    await expect(removeOwned(removal, () => undefined)).rejects.toMatchObject({
      code: 'REMOVAL_STUCK',
      message:
        'Kustomization/flux-system/trades was not removed within 4 s: ConfigMap/ml/trades does not go away: it waits for whoever answers its finalizer example.test/backup',
      hint: `Bring back what answers example.test/backup; if that is gone for good: kubectl patch configmap trades --namespace=ml --type=merge --patch='{"metadata":{"finalizers":null}}'`,
    });
    expect(await cluster.names('deployment', 'prediction-api', '--namespace=ml')).toHaveLength(1); // it comes later
    await finalizers('null');
  });

  it('leaves what is not ours, and Flux while somebody else needs it', async () => {
    await cluster.kubectl(['apply', '--filename=-'], source);
    const { exitCode, document, stderr } = await machine.json('delete', 'stage', '--confirm=stage');
    expect(exitCode, stderr).toBe(0);
    expect(document.warnings).toEqual([
      'Namespace/ml stays: it holds ConfigMap/ml/of-others and 1 more, which Flux did not bring',
      'Flux stays: GitRepository/default/team-b of somebody else need it',
    ]);
    expect(await cluster.names('all,configmap,secret', '--namespace=ml')).toEqual([
      'configmap/kube-root-ca.crt',
      'configmap/of-others',
      'secret/prediction-api-database',
    ]);
    expect(await cluster.names('secret', '--namespace=flux-system')).toEqual([]);
    expect(await cluster.names('deployments', '--namespace=flux-system')).toHaveLength(3);
  });

  it('takes Flux and its definitions out last', async () => {
    await cluster.kubectl(['delete', '--filename=-'], source);
    await cluster.kubectl(['delete', 'configmap/of-others', `secret/${databaseSecret}`, '--namespace=ml']);
    const { exitCode, document, stderr } = await machine.json('delete', 'stage', '--confirm=stage');
    expect(exitCode, stderr).toBe(0);
    expect(document.warnings).toEqual([]);
    expect(await cluster.names('crds')).toEqual([]);
    expect(await cluster.names('namespaces')).toEqual(
      ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => `namespace/${name}`),
    );
    expect(await cluster.names('clusterroles', '--selector=app.kubernetes.io/instance=flux-system')).toEqual(
      [],
    );
    expect((await machine.json('status', 'stage')).document.data).toMatchObject({ state: 'absent' });
  });
});
