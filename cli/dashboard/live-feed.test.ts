import { expect, it } from 'vitest';
import { kustomization, revision, warning } from '../testing/cluster-objects.ts';
import { storyObjects } from '../testing/dashboard-fixture.ts';
import type { ClusterChange } from '../ports/kube-watch.ts';
import { systemClock } from '../ports/clock.ts';
import type { FeedEvent } from './feed.ts';
import { liveFeed } from './live-feed.ts';

interface Watched {
  readonly feed: ReturnType<typeof liveFeed>;
  readonly tell: (change: ClusterChange) => void;
  readonly started: () => number;
  readonly running: () => number;
  /** Ends the wait that the feed is in, of so many milliseconds. */
  readonly pass: (ms: number) => Promise<void>;
}

const kind = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  plural: 'kustomizations',
};

/** Time stands still: a wait ends when a test says so. */
function watched(refused: readonly string[] = []): Watched {
  const waits = new Map<() => void, number>();
  const clock = {
    ...systemClock,
    elapsed: () => 0,
    sleep: async (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waits.set(resolve, ms);
        signal?.addEventListener('abort', () => {
          waits.delete(resolve);
          reject(new Error('aborted'));
        });
      }),
  };
  const running = new Set<(change: ClusterChange) => void>();
  const state = { started: 0 };
  const feed = liveFeed(clock, async (kinds, onChange, signal) => {
    state.started += 1;
    running.add(onChange);
    signal.addEventListener('abort', () => running.delete(onChange));
    for (const each of kinds) {
      if (refused.includes(each.kind)) onChange({ type: 'refused', kind: each, message: 'forbidden' });
      else
        onChange({
          type: 'all',
          kind: each,
          objects: storyObjects().filter((one) => one.kind === each.kind),
        });
    }
    return new Promise(() => undefined);
  });
  return {
    feed,
    tell: (change) => running.forEach((onChange) => onChange(change)),
    started: () => state.started,
    running: () => running.size,
    pass: async (ms) => {
      for (const [resolve, wait] of waits)
        if (wait === ms) {
          waits.delete(resolve);
          resolve();
        }
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

it('tells the whole model first, then only what changed', async () => {
  const { feed, tell, pass } = watched();
  const events: FeedEvent[] = [];
  feed.subscribe((event) => events.push(event));
  await pass(50);
  tell({ type: 'put', kind, object: kustomization('infra', { applied: revision('b') }) });
  await pass(200);

  expect(events).toMatchObject([
    { type: 'model', version: 1, delta: undefined },
    {
      type: 'model',
      version: 2,
      delta: { items: { put: [{ id: 'Kustomization/flux-system/infra' }], gone: [] }, parts: { put: [] } },
    },
  ]);
  tell({ type: 'gone', kind, object: kustomization('infra', {}) });
  await pass(200);
  expect(events[2]).toMatchObject({ delta: { items: { put: [{ state: 'Unknown' }] } } }); // the root still names it
});

it('says nothing where only time has passed', async () => {
  const { feed, tell, pass } = watched();
  const events: FeedEvent[] = [];
  feed.subscribe((event) => events.push(event));
  await pass(50);
  const same = storyObjects().find(({ metadata }) => metadata.name === 'infra')!;
  tell({ type: 'put', kind, object: same });
  await pass(200);

  expect(events).toHaveLength(1);
});

it('watches once for all who listen, and stops 30 s after the last', async () => {
  const { feed, started, running, pass } = watched();
  const ends = [feed.subscribe(() => undefined), feed.subscribe(() => undefined)];
  await pass(50);
  for (const end of ends) end();
  expect([started(), running()]).toEqual([1, 1]);
  const again = feed.subscribe(() => undefined); // a tab that was hidden for a moment
  await pass(30_000);
  expect(running()).toBe(1);
  again();
  await pass(30_000);
  expect(running()).toBe(0);
});

it('passes on that the cluster does not answer, and that it does again', async () => {
  const { feed, tell, pass } = watched();
  const events: FeedEvent[] = [];
  feed.subscribe((event) => events.push(event));
  await pass(50);
  tell({ type: 'lost', kind, message: 'ECONNREFUSED' });
  tell({ type: 'put', kind, object: kustomization('infra', {}) });

  expect(events.slice(1)).toEqual([{ type: 'trouble', message: 'ECONNREFUSED' }, { type: 'well' }]);
});

it('notes a kind that it may not see, and shows the rest', async () => {
  const { feed, pass } = watched(['Secret']);
  const model = feed.model();
  await pass(50);

  expect((await model).notes).toEqual(['Secret objects are not shown: forbidden']);
  expect((await model).items.length).toBeGreaterThan(5);
});

it('keeps no value of a Secret, and no copy of an object in an annotation', async () => {
  const { feed, tell, pass } = watched();
  feed.subscribe(() => undefined);
  await pass(50);
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":1}', kept: 'yes' };
  const plain = kustomization('infra', {});
  tell({ type: 'put', kind, object: { ...plain, metadata: { ...plain.metadata, annotations } } });

  expect(Object.keys(feed.find('Secret/ml/database') ?? {})).toEqual([
    'apiVersion',
    'kind',
    'metadata',
    'type',
    'keys',
  ]);
  expect(feed.find('Kustomization/flux-system/infra')?.metadata.annotations).toEqual({ kept: 'yes' });
});

it('sends 500 events at most', async () => {
  const { feed, tell, pass } = watched();
  const model = feed.model();
  const about = kustomization('infra', {});
  const many = Array.from({ length: 600 }, (_, at) => warning(about, `Reason${at}`, 'much'));
  tell({ type: 'all', kind: { apiVersion: 'v1', kind: 'Event', plural: 'events' }, objects: many });
  await pass(50);

  expect((await model).events).toHaveLength(500);
});
