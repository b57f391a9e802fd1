import type { ClusterObjects } from '../observe/read-cluster.ts';
import type { ClusterChange } from '../ports/kube-watch.ts';
import { formatRef, refOf, type KnownKind, type KubeObject } from '../ports/kube.ts';

/** What is known of a cluster from the changes that were told so far. */
export interface WatchedObjects {
  take(change: Exclude<ClusterChange, { type: 'lost' }>): void;
  /** Whether every kind was told of once. */
  readonly complete: boolean;
  all(): ClusterObjects;
  find(id: string): KubeObject | undefined;
}

interface Seen {
  readonly objects: Map<string, KubeObject>;
  /** Why the kind is not shown; undefined where it is. */
  readonly refused?: string;
}

/** @param mask What an object is kept as: nothing else of it stays in this process. */
export function watchedObjects(
  kinds: readonly KnownKind[],
  mask: (object: KubeObject) => KubeObject,
): WatchedObjects {
  const seen = new Map<string, Seen>();
  return {
    take: (change) => {
      const { kind } = change.kind;
      if (change.type === 'refused') {
        seen.set(kind, { objects: new Map(), refused: change.message });
        return;
      }
      if (change.type === 'all') {
        const rows = change.objects.map((object) => [idOf(object), mask(object)] as const);
        seen.set(kind, { objects: new Map(rows) });
        return;
      }
      const objects = seen.get(kind)?.objects;
      if (change.type === 'put') objects?.set(idOf(change.object), mask(change.object));
      else objects?.delete(idOf(change.object));
    },
    get complete() {
      return kinds.every(({ kind }) => seen.has(kind));
    },
    all: () => ({
      objects: [...seen.values()].flatMap(({ objects }) => [...objects.values()]),
      notes: [...seen].flatMap(([kind, { refused }]) =>
        refused === undefined ? [] : [`${kind} objects are not shown: ${refused}`],
      ),
      kinds: [...seen].filter(([, { refused }]) => refused === undefined).map(([kind]) => kind),
    }),
    find: (id) => seen.get(id.split('/')[0] ?? '')?.objects.get(id),
  };
}

function idOf(object: KubeObject): string {
  return formatRef(refOf(object));
}
