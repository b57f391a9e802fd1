import { expect, it } from 'vitest';
import { fakeKube } from '../../ports/kube.fake.ts';
import type { KubeObject } from '../../ports/kube.ts';
import { kustomization } from '../../testing/cluster-objects.ts';
import { compareInventories } from './compare.ts';
import { takeInventory, type InventorySnapshot } from './snapshot.ts';

/** As Flux makes it of git, with the number of pods that git has; or after an autoscaler took that over. */
function api(replicas: number, scaled: boolean): KubeObject {
  const spec = { 'f:template': {}, ...(scaled ? {} : { 'f:replicas': {} }) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'api',
      namespace: 'ml',
      managedFields: [{ manager: 'kustomize-controller', operation: 'Apply', fieldsV1: { 'f:spec': spec } }],
    },
    spec: { replicas, template: { image: 'api:1' } },
  };
}

async function inventory(deployment: KubeObject, spec: object): Promise<InventorySnapshot> {
  const kube = fakeKube();
  kube.set([kustomization('api', { inventory: ['ml_api_apps_Deployment'] }, spec), deployment]);
  return takeInventory(kube, 0);
}

const left = { ignore: [{ paths: ['/spec/replicas'], target: { kind: 'Deployment', name: 'api' } }] };

it('takes an autoscaler for no difference: a new cluster begins with the number in git', async () => {
  const [before, after] = [await inventory(api(7, true), left), await inventory(api(2, false), left)];
  expect(compareInventories(before, after)).toMatchObject({ same: ['Deployment/ml/api'], changed: [] });
});

it.each([
  ['nothing is left to others', {}],
  [
    'something is, of another object',
    { ignore: [{ ...left.ignore[0], target: { kind: 'Deployment', name: 'web' } }] },
  ],
])('tells another number of pods where %s', async (_where, spec) => {
  const [before, after] = [await inventory(api(7, true), spec), await inventory(api(2, false), spec)];
  expect(compareInventories(before, after).changed).toEqual([
    { object: 'Deployment/ml/api', fields: ['spec.replicas'] },
  ]);
});
