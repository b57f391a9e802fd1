import type { Delta, Snapshot } from '../page-data.ts';
import { Refused, type Api } from './access.ts';
import { serverEvents, type ServerEvent } from './sse.ts';
import { connection, takeDelta, takeSnapshot, trouble } from './store.ts';

const [firstWaitMs, longestWaitMs] = [1_000, 30_000];
/** A server that says nothing for so long is gone: it pings every 15 s. */
const silenceMs = 40_000;

/**
 * Keeps the store equal to the server's model while somebody can see the page: a hidden tab gives its stream up, and asks
 * again when it is shown. A stream that breaks is opened again, later each time; one that is refused is not.
 */
export function followServer(api: Api): void {
  const state: { shown: AbortController | undefined; lastId: string | undefined } = {
    shown: undefined,
    lastId: undefined,
  };
  const follow = async (): Promise<void> => {
    if (state.shown || document.hidden) return;
    const shown = new AbortController();
    state.shown = shown;
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
      try {
        await readStream(api, state.lastId, shown.signal, (event) => {
          waitMs = firstWaitMs;
          state.lastId = event.id ?? state.lastId;
          takeEvent(event);
        });
      } catch (error) {
        if (error instanceof Refused && (error.status === 401 || error.status === 403)) {
          connection.value = { state: 'refused', why: error.message };
          return;
        }
      }
      if (shown.signal.aborted) return;
      connection.value = { state: 'lost', retryMs: waitMs };
      // Not all tabs at once.
      await new Promise((resolve) => setTimeout(resolve, waitMs * (0.75 + Math.random() / 2)));
      if (isAborted(shown)) return;
    }
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      void follow();
      return;
    }
    state.shown?.abort();
    state.shown = undefined;
    connection.value = { state: 'paused' };
  });
  void follow();
}

/** Calls, because what the compiler knows of a signal does not survive an await. */
function isAborted({ signal }: AbortController): boolean {
  return signal.aborted;
}

async function readStream(
  api: Api,
  lastId: string | undefined,
  shown: AbortSignal,
  take: (event: ServerEvent) => void,
): Promise<void> {
  const silent = new AbortController();
  const headers: Record<string, string> = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
  let alarm = setTimeout(() => silent.abort(), silenceMs);
  try {
    const response = await api.open('/api/stream', headers, AbortSignal.any([shown, silent.signal]));
    connection.value = { state: 'live' };
    for await (const event of serverEvents(response.body ?? new ReadableStream())) {
      clearTimeout(alarm);
      alarm = setTimeout(() => silent.abort(), silenceMs);
      take(event);
    }
  } finally {
    clearTimeout(alarm);
  }
}

function takeEvent({ event, data }: ServerEvent): void {
  if (event === 'snapshot') takeSnapshot(JSON.parse(data) as Snapshot);
  else if (event === 'delta') takeDelta(JSON.parse(data) as Delta);
  else if (event === 'stream-error') trouble.value = (JSON.parse(data) as { message: string }).message;
  else if (event === 'stream-well') trouble.value = undefined;
}
