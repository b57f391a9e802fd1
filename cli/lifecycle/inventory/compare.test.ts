import { expect, it } from 'vitest';
import { compareInventories } from './compare.ts';
import type { InventorySnapshot } from './snapshot.ts';

function snapshot(fields: Record<string, unknown>): InventorySnapshot {
  return {
    takenAt: '2026-01-01T00:00:00.000Z',
    objects: Object.entries(fields).map(([name, value]) => ({
      ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ml', name },
      owner: 'Kustomization/flux-system/trades',
      live: value,
      owned: { 'f:data': {} },
    })),
  };
}

it('says which objects are the same, missing, changed (by which fields) and added', () => {
  const before = snapshot({
    a: { data: { x: '1' } },
    b: {},
    c: { data: { level: 'info', topic: 'trades' } },
  });
  const after = snapshot({
    a: { data: { x: '1' } },
    c: { data: { level: 'debug', topic: 'trades' } },
    d: {},
  });

  expect(compareInventories(before, after)).toEqual({
    same: ['ConfigMap/ml/a'],
    missing: ['ConfigMap/ml/b'],
    changed: [{ object: 'ConfigMap/ml/c', fields: ['data.level'] }],
    added: ['ConfigMap/ml/d'],
    notCompared: [],
  });
});

it('compares nothing of a Flux object that was on the way to the commit', () => {
  const before = { ...snapshot({}), unsettled: ['Kustomization/flux-system/trades'] };

  expect(compareInventories(before, snapshot({ a: {} }))).toMatchObject({
    missing: [],
    added: [],
    notCompared: ['Kustomization/flux-system/trades'],
  });
});
