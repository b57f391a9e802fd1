import { describe, expect, it } from 'vitest';
import { deployment, kustomization, now, replicaSet, revision, root } from '../testing/cluster-objects.ts';
import { buildModel } from './build-model.ts';
import { findObject, findObjects } from './find-object.ts';

const a = revision('a');
const trades = deployment('trades', 1);
const model = buildModel(
  {
    objects: [
      root(a, ['trades']),
      kustomization('trades', { applied: a, inventory: ['ml_trades_apps_Deployment'] }),
      trades,
      replicaSet('trades-1', trades),
    ],
    notes: [],
  },
  now,
);
const idsOf = (text: string): string[] => findObjects(model, text).map(({ id }) => id);

describe('a name that fits several objects', () => {
  it('means the Kustomization first, and then what it applied', () => {
    expect(findObject(model, 'trades').id).toBe('Kustomization/flux-system/trades');
    expect(idsOf('trades')).toEqual(['Kustomization/flux-system/trades', 'Deployment/ml/trades']);
  });

  it('means one alone where the kind or the namespace is said', () => {
    expect(idsOf('deploy/trades')).toEqual(['Deployment/ml/trades']);
    expect(idsOf('ml/trades')).toEqual(['Deployment/ml/trades']);
  });
});

it('says what is near a name that nothing has', () => {
  expect(() => findObject(model, 'deploy/tradse')).toThrow(
    expect.objectContaining({
      code: 'OBJECT_UNKNOWN',
      hint: expect.stringContaining('Did you mean') as string,
    }),
  );
});
