import { expect, it } from 'vitest';
import { fakeKube } from '../../ports/kube.fake.ts';
import type { KubeObject } from '../../ports/kube.ts';
import type { Clock } from '../../ports/clock.ts';
import { contentOf } from './namespaces.ts';

function object(kind: string, name: string, metadata: object = {}, namespace = 'ml'): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace, ...metadata } };
}
const always = [
  object('ConfigMap', 'kube-root-ca.crt'),
  object('ServiceAccount', 'default'),
  object('Event', 'e'),
];
const owned = { ownerReferences: [{ kind: 'ReplicaSet', name: 'trades-1', uid: 'u' }] };

/** A cluster in which a pod ends at a moment. */
function withPod(
  endsAt: number,
  ...others: KubeObject[]
): { kube: ReturnType<typeof fakeKube>; clock: Clock } {
  let now = 0;
  const kube = fakeKube([...always, ...others, object('Pod', 'trades-1-abc', owned)]);
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
    if (now >= endsAt) kube.set([...always, ...others]);
    return Promise.resolve();
  };
  return { kube, clock: { now: () => now, elapsed: () => now, sleep } };
}

it('is nothing where only what every namespace has is left', async () => {
  expect(await contentOf({ ...withPod(0), kube: fakeKube(always) }, 'ml')).toEqual([]);
});

it('waits for pods whose Deployment was deleted a moment ago', async () => {
  const cluster = withPod(10_000);

  expect(await contentOf(cluster, 'ml')).toEqual([]);
  expect(cluster.clock.elapsed()).toBe(10_000);
});

it('does not wait where something stays in any case, and leaves out other namespaces', async () => {
  const [own, other] = [object('Secret', 'of-others'), object('Secret', 'elsewhere', {}, 'kube-system')];
  const cluster = withPod(10_000, own, other);

  expect(await contentOf(cluster, 'ml')).toEqual(['Pod/ml/trades-1-abc', 'Secret/ml/of-others']);
  expect(cluster.clock.elapsed()).toBe(0);
});

it('names after a minute what does not end', async () => {
  const cluster = withPod(Number.POSITIVE_INFINITY);

  expect(await contentOf(cluster, 'ml')).toEqual(['Pod/ml/trades-1-abc']);
  expect(cluster.clock.elapsed()).toBe(60_000);
});
