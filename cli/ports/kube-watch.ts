import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from '../errors/platform-error.ts';
import { endpointOf } from './kube-client.ts';
import type { KubeEndpoint } from './kube-config.ts';
import { listPath } from './kube-discovery.ts';
import { messageOf, openResponse, sendToKube } from './kube-http.ts';
import type { KnownKind, KubeObject } from './kube.ts';

/** What a watch tells, for each kind: first everything that is there, then each change. */
export type ClusterChange =
  | { readonly type: 'all'; readonly kind: KnownKind; readonly objects: readonly KubeObject[] }
  | { readonly type: 'put' | 'gone'; readonly kind: KnownKind; readonly object: KubeObject }
  /** The server refuses to show the kind; the watch asks again every 30 s. */
  | { readonly type: 'refused'; readonly kind: KnownKind; readonly message: string }
  /** The server does not answer; the watch tries again, and then tells `all`. */
  | { readonly type: 'lost'; readonly kind: KnownKind; readonly message: string };

const [firstWaitMs, longestWaitMs] = [500, 30_000];
/** For what a whole list may take, in milliseconds. */
const listMs = 60_000;
/** The server ends each watch after so many seconds, and the next goes on where it ended. */
const watchSeconds = 300;
/**
 * When a watch is given up that the server has not ended, in milliseconds: after a sleep of this machine, or where a
 * router forgot the connection, nothing comes any more, not even its end. A shorter silence means nothing: an API server
 * need not send bookmarks, and sends none for kinds that it does not cache, as Events.
 */
const longestWatchMs = (watchSeconds + 30) * 1_000;

/**
 * Follows kinds of objects in all namespaces, until the signal aborts. A kind that the server does not know is empty, and
 * is looked for again.
 *
 * @param watchMs How long one watch may take before it counts as lost.
 * @throws {PlatformError} KUBECONFIG_UNUSABLE; all other trouble is told to `onChange`.
 */
export async function watchKinds(
  where: { readonly kubeconfig: string; readonly context: string },
  kinds: readonly KnownKind[],
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
  watchMs = longestWatchMs,
): Promise<void> {
  const open = async (): Promise<KubeEndpoint> => endpointOf(where.kubeconfig, where.context);
  const first = await open();
  await Promise.all(kinds.map(async (kind) => follow(first, open, kind, onChange, signal, watchMs)));
}

/** @param open Gives the endpoint as the kubeconfig has it now: a cluster that was made anew has another address and other keys. */
async function follow(
  first: KubeEndpoint,
  open: () => Promise<KubeEndpoint>,
  kind: KnownKind,
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
  watchMs: number,
): Promise<void> {
  let waitMs = firstWaitMs;
  let endpoint = first;
  while (!signal.aborted) {
    try {
      let version = await tellAll(endpoint, kind, onChange, signal);
      if (version === undefined) waitMs = longestWaitMs;
      else waitMs = firstWaitMs;
      while (version !== undefined) {
        const from: string = version;
        version = await within(watchMs, signal, async (either) =>
          tellChanges(endpoint, kind, from, onChange, either),
        );
      }
    } catch (error) {
      if (isAborted(signal)) return;
      onChange({ type: 'lost', kind, message: error instanceof Error ? error.message : String(error) });
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
    endpoint = await open().catch(() => endpoint);
    waitMs = Math.min(longestWaitMs, waitMs * 2);
  }
}

/**
 * Work with a signal that aborts when `signal` does, and after `ms` at the latest. A timer, not AbortSignal.timeout: in a
 * signal that is made of others nothing holds it, and Node 20 throws it away before its time.
 *
 * @throws What the work throws; where it was late, a PlatformError of its own or an Error that says so.
 */
async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (!late.signal.aborted || error instanceof PlatformError) throw error;
    throw new Error(`the API server did not end a watch within ${String(ms / 1_000)} s`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** A call, because what the compiler knows of a signal does not survive an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

interface List {
  readonly items?: readonly KubeObject[];
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

/** @returns The version to watch from; undefined where there is nothing to watch. */
async function tellAll(
  endpoint: KubeEndpoint,
  kind: KnownKind,
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const objects: KubeObject[] = [];
  for (let next = ''; ;) {
    const page = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const path = `${listPath(kind)}?limit=500${page}`;
    const { status, body } = await within(listMs, signal, async (either) =>
      sendToKube(endpoint, { method: 'GET', path, signal: either }),
    );
    if (status >= 400 && status !== 404) {
      onChange({ type: 'refused', kind, message: `the server answers ${status}: ${messageOf(body)}` });
      return undefined;
    }
    const { items = [], metadata = {} } = body as List;
    for (const item of items) objects.push(named(kind, item));
    next = metadata.continue ?? '';
    if (next !== '') continue;
    onChange({ type: 'all', kind, objects });
    return status === 404 ? undefined : metadata.resourceVersion;
  }
}

interface WatchLine {
  readonly type: string;
  readonly object: KubeObject;
}

/** @returns The version to go on from; undefined where that is too old, so that everything has to be told again. */
async function tellChanges(
  endpoint: KubeEndpoint,
  kind: KnownKind,
  from: string,
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${watchSeconds}&resourceVersion=${from}`;
  const response = await openResponse(endpoint, {
    method: 'GET',
    path: `${listPath(kind)}?${query}`,
    signal,
  });
  if (response.statusCode !== 200) {
    response.resume();
    return undefined;
  }
  let version = from;
  // readline keeps the error of its input to itself: a stream that breaks must not count as one that ended
  const broken = new Promise<never>((_, reject) => response.once('error', reject));
  broken.catch(() => undefined);
  const lines = createInterface({ input: response, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (;;) {
    const line = await Promise.race([lines.next(), broken]);
    if (line.done === true) return version;
    const { type, object } = JSON.parse(line.value) as WatchLine;
    if (type === 'ERROR') return undefined;
    version = object.metadata.resourceVersion ?? version;
    if (type === 'BOOKMARK') continue;
    onChange({ type: type === 'DELETED' ? 'gone' : 'put', kind, object: named(kind, object) });
  }
}

/** The items of a list of a built-in kind do not carry their kind. */
function named({ apiVersion, kind }: KnownKind, object: KubeObject): KubeObject {
  return { ...object, apiVersion, kind };
}
