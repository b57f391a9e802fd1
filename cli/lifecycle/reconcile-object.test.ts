import { describe, expect, it } from 'vitest';
import { buildModel } from '../observe/build-model.ts';
import { steppingClock } from '../ports/clock.fake.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { refOf, type Kube, type KubeObject } from '../ports/kube.ts';
import { suspend } from '../reconcile/suspension.ts';
import {
  conditions,
  gitRepository,
  kustomization,
  now,
  object,
  revision,
} from '../testing/cluster-objects.ts';
import { reconcileObjects, resumeObject, withSources } from './reconcile-object.ts';

const source = gitRepository(revision('a'));
const trades = kustomization('trades', { applied: revision('a') });
const options = { timeoutMs: 1_000, by: 'Ada' };

/** A cluster whose controllers answer each request at once, with the conditions that a kind is given. */
function answering(
  objects: readonly KubeObject[],
  conditionsOf: Record<string, object[]> = {},
): ReturnType<typeof fakeKube> {
  const kube = fakeKube(objects);
  const patch: Kube['patch'] = kube.patch.bind(kube);
  kube.patch = async (ref, change) => {
    const asked = await patch(ref, change);
    const lastHandledReconcileAt = asked?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];
    const said = conditionsOf[ref.kind] ?? conditions(['Ready', 'True']);
    return asked && patch(ref, { status: { lastHandledReconcileAt, conditions: said } });
  };
  return kube;
}

describe('reconcileObjects', () => {
  it('asks sources first, and gives what became of each', async () => {
    const kube = answering([source, trades]);

    const acted = await reconcileObjects(
      { kube, clock: steppingClock(now) },
      [{ ref: refOf(source) }, { ref: refOf(trades) }],
      options,
    );

    expect(acted.outcome).toBe('reconciled');
    expect(acted.objects.map(({ object: id, outcome }) => [id, outcome])).toEqual([
      ['GitRepository/flux-system/platform', 'reconciled'],
      ['Kustomization/flux-system/trades', 'reconciled'],
    ]);
  });

  it('does not ask what is made from a source that failed, and says why with the words of `why`', async () => {
    const failed = conditions([
      'Ready',
      'False',
      'GitOperationFailed',
      'couldn\'t find remote ref "refs/heads/mian"',
    ]);
    const kube = answering([source, trades], { GitRepository: failed });

    const acted = await reconcileObjects(
      { kube, clock: steppingClock(now) },
      [{ ref: refOf(source) }, { ref: refOf(trades) }],
      options,
    );

    expect(acted).toMatchObject({
      outcome: 'failed',
      objects: [{ object: 'GitRepository/flux-system/platform' }],
      cause: { rule: 'source-ref', next: 'git ls-remote http://127.0.0.1:4000/platform.git' },
    });
    expect(acted.objects).toHaveLength(1);
  });

  it('names the controller that leaves a request unanswered', async () => {
    const kube = fakeKube([source, trades]);

    const acted = await reconcileObjects(
      { kube, clock: steppingClock(now) },
      [{ ref: refOf(trades) }],
      options,
    );

    expect(acted).toMatchObject({
      outcome: 'unfinished',
      cause: { chain: ['Kustomization/flux-system/trades'] },
    });
    expect(acted.cause?.sentence).toContain('asked to reconcile, and has not begun');
  });
});

it('resumes, and waits for what becomes of it', async () => {
  const kube = answering([source, trades]);
  const access = { kube, clock: steppingClock(now) };
  await suspend(access, { ref: refOf(trades) }, { reason: 'study', by: 'Grace' });

  const acted = await resumeObject(access, { ref: refOf(trades) }, options);

  expect(acted).toMatchObject({
    outcome: 'reconciled',
    objects: [{ object: 'Kustomization/flux-system/trades' }],
  });
  expect((await kube.get(refOf(trades)))?.['spec']).not.toHaveProperty('suspend');
});

it('finds all that a release is made from: repository, chart, release', () => {
  const flux = 'source.toolkit.fluxcd.io/v1';
  const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'reloader', {
    status: { helmChart: 'ml/reloader' },
  });
  const chart = object(flux, 'HelmChart', 'reloader', {
    spec: { sourceRef: { kind: 'HelmRepository', name: 'charts' } },
  });
  const repository = object(flux, 'HelmRepository', 'charts');
  const model = buildModel({ objects: [release, chart, repository], notes: [] }, now);
  const item = model.items.find(({ ref }) => ref.kind === 'HelmRelease');

  expect(item && withSources(model, item).map(({ id }) => id)).toEqual([
    'HelmRepository/ml/charts',
    'HelmChart/ml/reloader',
    'HelmRelease/ml/reloader',
  ]);
});
