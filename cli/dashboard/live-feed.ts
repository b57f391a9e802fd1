import { buildModel } from '../observe/build-model.ts';
import type { Model } from '../observe/model.ts';
import { masked, wholeKinds } from '../observe/read-cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterChange } from '../ports/kube-watch.ts';
import type { KnownKind } from '../ports/kube.ts';
import { deltaBetween } from './delta.ts';
import type { Feed, FeedEvent } from './feed.ts';
import { watchedObjects, type WatchedObjects } from './watched-objects.ts';

/** Changes that come within so many milliseconds are told together: the first soon, those of a burst every so often. */
const [soonMs, burstMs] = [50, 200];
/** How long the watches go on when nobody listens any more. */
const lingerMs = 30_000;
/** Longest wait for the first model. */
const firstMs = 30_000;
/** More are not sent: nobody reads them, and a broken cluster makes thousands an hour. */
const mostEvents = 500;

export type StartWatch = (
  kinds: readonly KnownKind[],
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
) => Promise<void>;

interface Watch {
  readonly control: AbortController;
  readonly objects: WatchedObjects;
  model?: Model;
  trouble?: string | undefined;
  scheduled: boolean;
  toldAt: number;
}

/**
 * The model of a cluster that is watched while somebody listens: from the first listener until 30 s after the last. One
 * set of watches serves all of them.
 *
 * @param environment Whose cluster it is, for the commands that are suggested.
 */
export function liveFeed(clock: Clock, startWatch: StartWatch, environment?: string): Feed {
  const listeners = new Set<(event: FeedEvent) => void>();
  const state: { watch?: Watch | undefined; ending?: AbortController | undefined; version: number } = {
    version: 0,
  };
  const tell = (event: FeedEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const rebuild = (watch: Watch): void => {
    watch.scheduled = false;
    if (!watch.objects.complete || state.watch !== watch) return;
    watch.toldAt = clock.elapsed();
    const model = newest(buildModel({ ...watch.objects.all(), environment }, clock.now()));
    const delta = watch.model && deltaBetween(watch.model, model);
    if (watch.model && !delta) return;
    watch.model = model;
    state.version += 1;
    tell({ type: 'model', version: state.version, model, delta });
  };
  const take = (watch: Watch, change: ClusterChange): void => {
    if (change.type === 'lost') {
      watch.trouble = change.message;
      tell({ type: 'trouble', message: change.message });
      return;
    }
    if (watch.trouble !== undefined) tell({ type: 'well' });
    watch.trouble = undefined;
    watch.objects.take(change);
    if (watch.scheduled) return;
    watch.scheduled = true;
    const waitMs = clock.elapsed() - watch.toldAt < burstMs ? burstMs : soonMs;
    clock.sleep(waitMs, watch.control.signal).then(
      () => rebuild(watch),
      () => undefined,
    );
  };
  const begin = (): void => {
    state.ending?.abort();
    state.ending = undefined;
    if (state.watch) return;
    const control = new AbortController();
    const objects = watchedObjects(wholeKinds, masked);
    const watch: Watch = { control, objects, scheduled: false, toldAt: -burstMs };
    state.watch = watch;
    startWatch(wholeKinds, (change) => take(watch, change), control.signal).catch((error: unknown) => {
      state.watch = undefined;
      tell({ type: 'trouble', message: error instanceof Error ? error.message : String(error) });
    });
  };
  const end = (): void => {
    state.ending?.abort();
    state.ending = undefined;
    state.watch?.control.abort();
    state.watch = undefined;
  };
  const endLater = (): void => {
    const ending = new AbortController();
    state.ending = ending;
    clock.sleep(lingerMs, ending.signal).then(end, () => undefined);
  };

  const feed: Feed = {
    subscribe: (listener) => {
      listeners.add(listener);
      begin();
      const { model, trouble } = state.watch ?? {};
      if (model) listener({ type: 'model', version: state.version, model, delta: undefined });
      if (trouble !== undefined) listener({ type: 'trouble', message: trouble });
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && state.watch && !state.ending) endLater();
      };
    },
    model: async () => firstModel(feed, clock),
    find: (id) => state.watch?.objects.find(id),
    close: end,
  };
  return feed;
}

async function firstModel(feed: Feed, clock: Clock): Promise<Model> {
  const late = new AbortController();
  const held: { unsubscribe?: () => void } = {};
  try {
    return await new Promise<Model>((resolve, reject) => {
      held.unsubscribe = feed.subscribe((event) => {
        if (event.type === 'model') resolve(event.model);
        if (event.type === 'trouble') reject(new Error(event.message));
      });
      clock.sleep(firstMs, late.signal).then(
        () => reject(new Error('the cluster does not answer')),
        () => undefined,
      );
    });
  } finally {
    late.abort();
    held.unsubscribe?.();
  }
}

function newest(model: Model): Model {
  return model.events.length > mostEvents ? { ...model, events: model.events.slice(0, mostEvents) } : model;
}
