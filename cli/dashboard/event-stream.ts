import type { Feed, FeedEvent } from './feed.ts';
import type { Meta } from './page-data.ts';

/** What a slow reader may have waiting, in events; then it gets a whole snapshot instead of what it missed. */
const mostWaiting = 16;
const pingMs = 15_000;

type ModelEvent = Extract<FeedEvent, { type: 'model' }>;

export interface StreamOptions {
  readonly feed: Feed;
  readonly meta: Meta;
  /** Calls back every so many milliseconds. @returns Ends that. */
  readonly every: (ms: number, call: () => void) => () => void;
  /** Names this run of the server: versions of another run mean nothing. */
  readonly boot: string;
  /** What the reader has seen last (Last-Event-ID); if that is the newest, it gets no snapshot. */
  readonly lastId: string | null;
}

/**
 * The feed as server-sent events: `snapshot`, then a `delta` for each change, `stream-error` and `stream-well` as the
 * cluster stops and begins to answer, and `ping` every 15 s.
 */
export function eventStream({ feed, meta, every, boot, lastId }: StreamOptions): ReadableStream<Uint8Array> {
  const state: { seen: string | null; missed: ModelEvent | undefined; end: () => void } = {
    seen: lastId,
    missed: undefined,
    end: () => undefined,
  };
  const send = (to: Controller, event: string, data: unknown, id?: string): void => {
    const head = id === undefined ? '' : `id: ${id}\n`;
    to.enqueue(new TextEncoder().encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  };
  const sendModel = (to: Controller, event: ModelEvent): void => {
    if ((to.desiredSize ?? 0) <= 0) {
      state.missed = event;
      return;
    }
    const id = `${boot}-${event.version}`;
    const follows = state.missed === undefined && state.seen === `${boot}-${event.version - 1}`;
    state.missed = undefined;
    if (state.seen === id) send(to, 'ping', {});
    else if (event.delta && follows) send(to, 'delta', event.delta, id);
    else send(to, 'snapshot', { meta, model: event.model }, id);
    state.seen = id;
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (to) => {
        const unsubscribe = feed.subscribe((event) => {
          if (event.type === 'model') sendModel(to, event);
          else if (event.type === 'trouble') send(to, 'stream-error', { message: event.message });
          else send(to, 'stream-well', {});
        });
        const silence = every(pingMs, () => {
          if ((to.desiredSize ?? 0) > 0) send(to, 'ping', {});
        });
        state.end = () => {
          silence();
          unsubscribe();
        };
      },
      pull: (to) => {
        if (state.missed) sendModel(to, state.missed);
      },
      cancel: () => state.end(),
    },
    { highWaterMark: mostWaiting },
  );
}

type Controller = ReadableStreamDefaultController<Uint8Array>;
