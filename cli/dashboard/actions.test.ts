import { expect, it } from 'vitest';
import { buildModel } from '../observe/build-model.ts';
import { steppingClock } from '../ports/clock.fake.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { refOf, type KubeObject } from '../ports/kube.ts';
import {
  conditions,
  deployment,
  gitRepository,
  kustomization,
  now,
  revision,
} from '../testing/cluster-objects.ts';
import type { ActionRequest } from './action-data.ts';
import { actionsOn, type ActionDeps } from './actions.ts';

const id = 'Kustomization/flux-system/trades';
const versioned = (object: KubeObject, resourceVersion: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});
const trades = versioned(
  kustomization('trades', { applied: revision('a'), inventory: ['ml_trades_apps_Deployment'] }),
  '7',
);
const objects = [gitRepository(revision('a')), trades, deployment('trades', 1)];
const request: ActionRequest = { verb: 'reconcile', id, uid: 'Kustomization-trades', resourceVersion: '7' };
const closed = new AbortController().signal;

/** A cluster whose controllers answer each request at once. */
function cluster(
  changes: Partial<ActionDeps> = {},
  given: readonly KubeObject[] = objects,
): ActionDeps & { readonly kube: ReturnType<typeof fakeKube> } {
  const kube = fakeKube(given);
  const patch = kube.patch.bind(kube);
  kube.patch = async (ref, change) => {
    const asked = await patch(ref, change);
    const lastHandledReconcileAt = asked?.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];
    if (lastHandledReconcileAt === undefined) return asked;
    return patch(ref, {
      status: { lastHandledReconcileAt, conditions: conditions(['Ready', 'True', '', 'Applied']) },
    });
  };
  return {
    clock: steppingClock(now),
    interrupted: new AbortController().signal,
    environment: { name: 'dev', protected: false },
    model: async () => buildModel({ objects: [...kube.objects.values()], notes: [] }, now),
    who: async () => 'Ada',
    missing: async () => [],
    stages: { 'Kustomization/flux-system/backfill-1-trades': '1-trades' },
    rerun: async (stage) => ({ file: 'clusters/dev/values.yaml', app: 'backfill', stage, from: 1, to: 2 }),
    ...changes,
    kube,
  };
}

it('reconciles, and tells what the object says then; an event tells who asked', async () => {
  const deps = cluster();

  const outcome = await actionsOn(deps).act(request, closed);

  expect(outcome).toMatchObject({ id, done: true, message: `${id} reconciled: Applied`, warnings: [] });
  const [event] = await deps.kube.list({ apiVersion: 'v1', kind: 'Event' });
  expect(event).toMatchObject({ reason: 'ReconcileRequested', message: 'Ada asked for it' });
});

it('asks the source first where that is wanted, whatever its version is by now', async () => {
  const deps = cluster();

  const { message } = await actionsOn(deps).act(
    { ...request, verb: 'reconcile-with-source', resourceVersion: '6' },
    closed,
  );

  expect(message).toMatch(/^GitRepository.* reconciled: Applied\nKustomization.* reconciled: Applied$/);
});

it('suspends with reason and end, says that a suspended object is not reconciled, and resumes it', async () => {
  const deps = cluster();
  const { act } = actionsOn(deps);
  const suspended = await act(
    { ...request, verb: 'suspend', reason: 'moving', until: '2h', confirm: 'yes' },
    closed,
  );
  expect(suspended).toMatchObject({ done: true, next: `platform resume dev ${id}` });
  expect((await deps.kube.get(refOf(trades)))?.metadata.annotations).toMatchObject({
    'platform.dev/suspend-reason': 'moving',
    'platform.dev/suspended-by': 'Ada',
    'platform.dev/suspend-until': '2026-01-01T14:00:00.000Z',
  });

  expect(await act(request, closed)).toMatchObject({
    done: false,
    message: `${id} suspended: it is suspended, so Flux would do nothing`,
  });
  expect(await act({ ...request, verb: 'resume' }, closed)).toMatchObject({ done: true });
  expect((await deps.kube.get(refOf(trades)))?.['spec']).not.toHaveProperty('suspend');
});

it.each([
  ['was made anew', { uid: 'another' }],
  ['was changed', { resourceVersion: '6' }],
])('does nothing where the object %s since it was looked at', async (_, changed) => {
  for (const verb of ['reconcile', 'suspend', 'resume'] as const) {
    const deps = cluster();
    const acting = actionsOn(deps).act({ ...request, verb, reason: 'x', confirm: 'yes', ...changed }, closed);
    await expect(acting).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
    expect(await deps.kube.get(refOf(trades))).toEqual(trades);
  }
});

it('does nothing that was not confirmed, and nothing with what is not of Flux', async () => {
  const deps = cluster({ environment: { name: 'prod', protected: true } });
  await expect(actionsOn(deps).act(request, closed)).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
  const workload = { ...request, id: 'Deployment/ml/trades', confirm: 'prod' };
  await expect(actionsOn(deps).act(workload, closed)).rejects.toMatchObject({ code: 'OBJECT_UNKNOWN' });
  expect(deps.kube.calls).toEqual([]);
});

it('runs a stage of the backfill again by the values of the clone, and touches no cluster', async () => {
  const deps = cluster();
  const stage = {
    ...request,
    verb: 'rerun',
    id: 'Kustomization/flux-system/backfill-1-trades',
    confirm: 'yes',
  } as const;

  expect(await actionsOn(deps).act(stage, closed)).toMatchObject({
    done: true,
    message: expect.stringContaining('apps.backfill.run.1-trades: 1 -> 2') as string,
    next: "platform deploy dev -m 'Run the backfill again'",
  });
  expect(deps.kube.calls).toEqual([]);
  await expect(actionsOn(deps).act({ ...stage, id }, closed)).rejects.toMatchObject({ code: 'USAGE' });
});

it('tells which right is missing, by kind and namespace', async () => {
  const deps = cluster({
    missing: async (rights) => rights.filter(({ resource }) => resource === 'kustomizations'),
  });

  expect(await actionsOn(deps).missing()).toEqual({
    'GitRepository/flux-system': [],
    'Kustomization/flux-system': ['patch kustomizations.kustomize.toolkit.fluxcd.io in flux-system'],
  });
});
