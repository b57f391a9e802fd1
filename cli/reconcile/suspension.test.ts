import { expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { steppingClock } from '../ports/clock.fake.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { refOf } from '../ports/kube.ts';
import { kustomization, now, revision } from '../testing/cluster-objects.ts';
import { resume, suspend, suspensionKeys } from './suspension.ts';

const clock = steppingClock(now);
const trades = kustomization('trades', { applied: revision('a') });
const ref = refOf(trades);
const uid = 'Kustomization-trades';

it('suspends, and writes down why, who, since and until when, on the object and as an event', async () => {
  const kube = fakeKube([trades]);

  const changed = await suspend(
    { kube, clock },
    { ref, uid },
    { reason: 'broker moves', by: 'Ada', until: '2026-01-02T00:00:00.000Z' },
  );

  expect(changed).toEqual({ done: true, warnings: [] });
  expect(await kube.get(ref)).toMatchObject({
    metadata: {
      annotations: {
        [suspensionKeys.reason]: 'broker moves',
        [suspensionKeys.by]: 'Ada',
        [suspensionKeys.since]: '2026-01-01T12:00:00.000Z',
        [suspensionKeys.until]: '2026-01-02T00:00:00.000Z',
      },
    },
    spec: { suspend: true },
  });
  const [event] = await kube.list({ apiVersion: 'v1', kind: 'Event' });
  expect(event).toMatchObject({
    metadata: { namespace: 'flux-system' },
    involvedObject: { kind: 'Kustomization', name: 'trades', uid },
    reason: 'Suspended',
    message: 'Ada suspended it until 2026-01-02T00:00:00.000Z: broker moves',
    lastTimestamp: '2026-01-01T12:00:00Z',
  });
});

it('takes all of that away when it resumes, and keeps what the spec was', async () => {
  const kube = fakeKube([trades]);
  await suspend({ kube, clock }, { ref }, { reason: 'broker moves', by: 'Ada' });

  await resume({ kube, clock }, { ref }, 'Grace');

  const object = await kube.get(ref);
  expect(object?.metadata.annotations).toEqual({});
  expect(object?.['spec']).toEqual(trades['spec']);
  const events = await kube.list({ apiVersion: 'v1', kind: 'Event' });
  expect(events.map((event) => event['message'])).toEqual([
    'Ada suspended it: broker moves',
    'Grace resumed it',
  ]);
});

it('says that the object is gone instead of making one', async () => {
  const kube = fakeKube();

  expect(await suspend({ kube, clock }, { ref }, { reason: 'x', by: 'Ada' })).toEqual({
    done: false,
    warnings: [],
  });
  expect(kube.objects.size).toBe(0);
});

it('has suspended also where the server takes no event, and says so', async () => {
  const kube = fakeKube([trades]);
  kube.apply = async () =>
    Promise.reject(
      new PlatformError('KUBE_REJECTED', 'Event/x cannot be applied, the server answers 403', ''),
    );

  const { done, warnings } = await suspend({ kube, clock }, { ref }, { reason: 'x', by: 'Ada' });

  expect(done).toBe(true);
  expect(warnings).toEqual(['no event tells of it: Event/x cannot be applied, the server answers 403']);
});
