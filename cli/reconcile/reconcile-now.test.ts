import { describe, expect, it } from 'vitest';
import { steppingClock } from '../ports/clock.fake.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { refOf, type KubeObject } from '../ports/kube.ts';
import {
  conditions,
  kustomization,
  now,
  object,
  revision,
  type Condition,
} from '../testing/cluster-objects.ts';
import { reconcileNow, type Reconciled } from './reconcile-now.ts';

const trades = kustomization('trades', { applied: revision('a') });
const requestedAt = new Date(now).toISOString();
const options = { timeoutMs: 2_000, by: 'Ada' };

/** What the object's status is after each look; the last one stays. */
const reconcile = async (start: KubeObject, ...statuses: readonly object[]): ReturnType<typeof reconcileAs> =>
  reconcileAs(start, ...statuses.map((status) => ({ status })));

/** What becomes of the object after each look. */
async function reconcileAs(
  start: KubeObject,
  ...patches: readonly object[]
): Promise<Reconciled & { asked: boolean }> {
  const kube = fakeKube([start]);
  const clock = steppingClock(now);
  const ref = refOf(start);
  const story = [...patches];
  const slowly = {
    ...clock,
    sleep: async (ms: number) => {
      const patch = story.shift();
      if (patch) await kube.patch(ref, patch);
      return clock.sleep(ms);
    },
  };
  const result = await reconcileNow({ kube, clock: slowly }, ref, options);
  const asked =
    (await kube.get(ref))?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'] === requestedAt;
  return { ...result, asked };
}

const handled = (...all: readonly Condition[]): object => ({
  lastHandledReconcileAt: requestedAt,
  conditions: conditions(...all),
});

describe('reconcileNow', () => {
  it('waits until the request was handled: what the object said before is not the answer', async () => {
    const done = handled(['Ready', 'True', 'ReconciliationSucceeded', 'Applied revision: b']);

    expect(await reconcile(trades, {}, {}, { ...done, lastAppliedRevision: revision('b') })).toEqual({
      object: 'Kustomization/flux-system/trades',
      outcome: 'reconciled',
      message: 'Applied revision: b',
      revision: revision('b'),
      seconds: 0.75,
      warnings: [],
      asked: true,
    });
  });

  it('takes a later request for its own that somebody wrote over it before Flux read it', async () => {
    const later = new Date(now + 100).toISOString();
    const overwritten = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': later } } };
    const status = { ...handled(['Ready', 'True']), lastHandledReconcileAt: later };

    expect(await reconcileAs(trades, overwritten, { status })).toMatchObject({
      outcome: 'reconciled',
      seconds: 0.5,
    });
  });

  it('does not take an earlier request for its own, which Flux handles late', async () => {
    const earlier = new Date(now - 100).toISOString();
    const status = { ...handled(['Ready', 'True']), lastHandledReconcileAt: earlier };

    expect(await reconcile(trades, status)).toMatchObject({ outcome: 'unfinished' });
  });

  it('goes on while Flux works on it', async () => {
    const working = handled(['Ready', 'Unknown'], ['Reconciling', 'True', 'Progressing']);

    expect(await reconcile(trades, working, working, handled(['Ready', 'True']))).toMatchObject({
      outcome: 'reconciled',
      seconds: 0.75,
    });
  });

  it('is failed, with what Flux says, when Flux has tried and waits for its next try', async () => {
    const failed = handled(
      ['Ready', 'False', 'BuildFailed', 'kustomization path not found'],
      ['Reconciling', 'True', 'ProgressingWithRetry'],
    );

    expect(await reconcile(trades, failed)).toMatchObject({
      outcome: 'failed',
      message: 'kustomization path not found',
    });
  });

  it('waits with Flux for a dependency', async () => {
    const waits = handled([
      'Ready',
      'False',
      'DependencyNotReady',
      "dependency 'flux-system/infra' is not ready",
    ]);

    expect(await reconcile(trades, waits, handled(['Ready', 'True']))).toMatchObject({
      outcome: 'reconciled',
    });
    expect(await reconcile(trades, waits)).toMatchObject({
      outcome: 'unfinished',
      message: "dependency 'flux-system/infra' is not ready",
      seconds: 2,
    });
  });

  it('does not ask what is suspended: Flux would take the request and do nothing', async () => {
    const suspended = kustomization('trades', { applied: revision('a') }, { suspend: true });

    expect(await reconcile(suspended)).toMatchObject({ outcome: 'suspended', asked: false });
  });

  it('does not wait for an OCI registry, on which no controller works', async () => {
    const registry = object('source.toolkit.fluxcd.io/v1', 'HelmRepository', 'charts', {
      spec: { type: 'oci' },
    });

    expect(await reconcile(registry)).toMatchObject({ outcome: 'reconciled', asked: false });
  });

  it('is gone when there is no such object', async () => {
    const kube = fakeKube();

    expect(await reconcileNow({ kube, clock: steppingClock(now) }, refOf(trades), options)).toMatchObject({
      outcome: 'gone',
      message: 'it is not in the cluster',
    });
  });

  it('leaves an event that says who asked', async () => {
    const kube = fakeKube([trades]);
    await reconcileNow({ kube, clock: steppingClock(now) }, refOf(trades), { ...options, timeoutMs: 0 });

    expect(await kube.list({ apiVersion: 'v1', kind: 'Event' })).toMatchObject([
      { reason: 'ReconcileRequested', message: 'Ada asked for it', involvedObject: { name: 'trades' } },
    ]);
  });
});
