import { expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import type { InventorySnapshot } from './inventory/snapshot.ts';
import { findLosses } from './losses.ts';

function object(
  kind: string,
  name: string,
  extra: Partial<KubeObject['metadata']> = {},
  spec = {},
): KubeObject {
  const apiVersion = kind === 'Job' ? 'batch/v1' : kind === 'Deployment' ? 'apps/v1' : 'v1';
  return { apiVersion, kind, metadata: { name, namespace: 'ml', ...extra }, spec };
}

it('names volumes, what is in no inventory, and Jobs that run again; not what machines make anew', async () => {
  const kube = fakeKube([
    object('ConfigMap', 'from-git'),
    object('ConfigMap', 'by-hand'),
    object('ConfigMap', 'kube-root-ca.crt'),
    object('Secret', 'database', { labels: { 'app.kubernetes.io/managed-by': 'platform' } }),
    object('Secret', 'sh.helm.release.v1.x.v1'),
    object('Job', 'backfill-1'),
    object('Deployment', 'debug'),
    { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'of-a-crd', namespace: 'ml' } },
    { apiVersion: 'example.com/v1', kind: 'Job', metadata: { name: 'backfill-1', namespace: 'ml' } },
    { apiVersion: 'v1', kind: 'Event', metadata: { name: 'passing', namespace: 'ml' } },
    object('ServiceAccount', 'default', { managedFields: [{ manager: 'kube-controller-manager' }] }),
    object('ConfigMap', 'changed-by-hand', {
      managedFields: [{ manager: 'kube-controller-manager' }, { manager: 'kubectl-edit' }],
    }),
    object('Secret', 'platform-git', { namespace: 'flux-system' }),
    object('Service', 'kubernetes', { namespace: 'default' }),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pvc-1' },
      spec: { claimRef: { namespace: 'ml', name: 'data' } },
    },
  ]);
  const entry = (kind: string, name: string, apiVersion = 'v1'): InventorySnapshot['objects'][number] => ({
    ref: { apiVersion, kind, namespace: 'ml', name },
    owner: 'Kustomization/flux-system/x',
    live: {},
    owned: {},
  });
  const inventory = {
    takenAt: '',
    objects: [entry('ConfigMap', 'from-git'), entry('Job', 'backfill-1', 'batch/v1')],
  };

  expect(await findLosses(kube, inventory)).toEqual({
    volumes: ['PersistentVolume/pvc-1 (claim ml/data)'],
    notInGit: [
      'ConfigMap/ml/by-hand',
      'ConfigMap/ml/changed-by-hand',
      'Deployment/ml/debug',
      'Job/ml/backfill-1',
      'Widget/ml/of-a-crd',
    ],
    jobsThatRunAgain: ['Job/ml/backfill-1'],
  });
});
