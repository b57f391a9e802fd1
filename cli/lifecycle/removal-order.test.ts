import { expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import { kustomizationKind } from '../reconcile/root-objects.ts';
import { readOwnedTree } from './removal-order.ts';

const helm = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' };

/** @param owns Entries of its inventory: `<namespace>_<name>_<group>_<kind>`. */
function unit(name: string, owns: readonly string[], dependsOn: readonly string[] = []): KubeObject {
  return {
    ...kustomizationKind,
    metadata: { name, namespace: 'flux-system' },
    spec: { dependsOn: dependsOn.map((each) => ({ name: each })) },
    status: { inventory: { entries: owns.map((id) => ({ id, v: id.includes('helm') ? 'v2' : 'v1' })) } },
  };
}
const kustomization = (name: string): string =>
  `flux-system_${name}_kustomize.toolkit.fluxcd.io_Kustomization`;

it('takes what depends on others first, a release before its Kustomization, and namespaces last', async () => {
  const release = { ...helm, metadata: { name: 'database', namespace: 'ml' }, spec: {} };
  const kube = fakeKube([
    unit('platform', [
      ...['namespaces', 'a-base', 'z-app', 'other'].map(kustomization),
      'flux-system_flux-manifests_source.toolkit.fluxcd.io_OCIRepository',
    ]),
    unit('namespaces', ['_ml__Namespace']),
    unit('a-base', ['ml_database_helm.toolkit.fluxcd.io_HelmRelease']),
    unit('z-app', ['ml_z__Deployment'], ['a-base']),
    unit('other', []),
    unit('of-another-team', ['default_x__ConfigMap']),
    release,
  ]);
  const { units, others } = await readOwnedTree(kube);

  expect(units.map(({ ref }) => ref.name)).toEqual(['z-app', 'other', 'database', 'a-base', 'namespaces']);
  expect(others.map(({ name }) => name)).toEqual(['flux-manifests']);
});

it('finds nothing where the root is gone', async () => {
  const kube = fakeKube([unit('trades', [])]);
  expect(await readOwnedTree(kube)).toEqual({ root: undefined, units: [], others: [] });
});
