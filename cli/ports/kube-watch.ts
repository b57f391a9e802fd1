import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
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
 * Follows kinds of objects in all namespaces, until the signal aborts. A kind that the server does not know is empty, and
 * is looked for again.
 *
 * @throws {PlatformError} KUBECONFIG_UNUSABLE; all other trouble is told to `onChange`.
 */
export async function watchKinds(
  where: { readonly kubeconfig: string; readonly context: string },
  kinds: readonly KnownKind[],
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
): Promise<void> {
  const endpoint = await endpointOf(where.kubeconfig, where.context);
  await Promise.all(kinds.map(async (kind) => follow(endpoint, kind, onChange, signal)));
}

async function follow(
  endpoint: KubeEndpoint,
  kind: KnownKind,
  onChange: (change: ClusterChange) => void,
  signal: AbortSignal,
): Promise<void> {
  let waitMs = firstWaitMs;
  while (!signal.aborted) {
    try {
      let version = await tellAll(endpoint, kind, onChange, signal);
      if (version === undefined) waitMs = longestWaitMs;
      else waitMs = firstWaitMs;
      while (version !== undefined) version = await tellChanges(endpoint, kind, version, onChange, signal);
    } catch (error) {
      if (isAborted(signal)) return;
      onChange({ type: 'lost', kind, message: error instanceof Error ? error.message : String(error) });
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(longestWaitMs, waitMs * 2);
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
    const { status, body } = await sendToKube(endpoint, {
      method: 'GET',
      path: `${listPath(kind)}?limit=500${page}`,
      signal: AbortSignal.any([signal, AbortSignal.timeout(listMs)]),
    });
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
