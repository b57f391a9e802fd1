import { describe, expect, it } from 'vitest';
import { kustomization } from '../testing/cluster-objects.ts';
import { inventoryOf, parseInventoryId } from './inventory.ts';

describe('inventoryOf', () => {
  it('lists what Kustomizations own, with the owner', () => {
    const trades = kustomization('trades', { inventory: ['ml_trades_apps_Deployment', '_ml__Namespace'] });

    expect(inventoryOf([trades])).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'ml',
        name: 'trades',
        owner: 'Kustomization/flux-system/trades',
      },
      { apiVersion: 'v1', kind: 'Namespace', name: 'ml', owner: 'Kustomization/flux-system/trades' },
    ]);
  });

  it('reads colons in the names of RBAC objects, which Flux writes as two underscores', () => {
    expect(parseInventoryId('_system__reader_rbac.authorization.k8s.io_ClusterRole', 'v1')).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      name: 'system:reader',
    });
  });

  it('knows what is no id', () => {
    expect(parseInventoryId('trades', 'v1')).toBeUndefined();
  });
});
