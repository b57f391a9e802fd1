import { formatRef, refOf, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import { aboutOf, messageOfEvent, timeOfEvent } from './events.ts';
import { listAt, textAt } from './fields.ts';
import { inventoryOf } from './inventory.ts';
import type { ClusterObjects } from './read-cluster.ts';

/** One Warning event about an object. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The objects of one look at a cluster, ready for questions. Ids are `Kind/namespace/name`. */
export interface ClusterIndex {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Controllers that are known not to run. */
  readonly stopped: readonly string[];
  readonly environment: string | undefined;
  find(id: string): KubeObject | undefined;
  all(...kinds: string[]): KubeObject[];
  /** Objects whose controller is this one: the pods of a ReplicaSet. */
  childrenOf(object: KubeObject): readonly KubeObject[];
  /** What a Flux object has applied, whether it is still in the cluster or not. */
  inventory(ownerId: string): readonly ObjectRef[];
  /** The Flux object that applied this one. */
  ownerOf(id: string): string | undefined;
  /** Newest first. */
  warningsOf(object: KubeObject): readonly Warning[];
}

export function indexObjects(
  objects: readonly KubeObject[],
  now: number,
  { stopped = [], environment }: Pick<ClusterObjects, 'stopped' | 'environment'> = {},
): ClusterIndex {
  const byId = new Map<string, KubeObject>();
  const children = new Map<string, KubeObject[]>();
  const warnings = new Map<string, Warning[]>();
  const inventories = new Map<string, ObjectRef[]>();
  const owners = new Map<string, string>();

  const own = (owner: string, ref: ObjectRef): void => {
    if (owners.has(formatRef(ref)) || owner === formatRef(ref)) return; // a root may apply itself
    owners.set(formatRef(ref), owner);
    push(inventories, owner, ref);
  };
  for (const object of objects) {
    if (object.kind === 'Event') {
      if (object['type'] === 'Warning') push(warnings, aboutOf(object), warningFrom(object));
      continue;
    }
    byId.set(formatRef(refOf(object)), object);
    for (const { uid } of object.metadata.ownerReferences ?? []) push(children, uid, object);
  }
  for (const { owner, ...ref } of inventoryOf(objects)) own(owner, ref);
  // helm-controller writes the inventory only after an install that went well, and its labels on everything it makes.
  for (const object of byId.values()) {
    const labels = object.metadata.labels ?? {};
    const release = labels['helm.toolkit.fluxcd.io/name'];
    const namespace = labels['helm.toolkit.fluxcd.io/namespace'];
    if (release !== undefined && namespace !== undefined)
      own(`HelmRelease/${namespace}/${release}`, refOf(object));
  }
  for (const list of warnings.values()) list.sort((a, b) => compareText(b.at, a.at));

  return {
    now,
    stopped,
    environment,
    find: (id) => byId.get(id),
    all: (...kinds) => [...byId.values()].filter(({ kind }) => kinds.includes(kind)),
    childrenOf: ({ metadata }) => (metadata.uid === undefined ? [] : (children.get(metadata.uid) ?? [])),
    inventory: (ownerId) => inventories.get(ownerId) ?? [],
    ownerOf: (id) => owners.get(id),
    warningsOf: (object) => warnings.get(formatRef(refOf(object))) ?? [],
  };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function warningFrom(event: KubeObject): Warning {
  return { reason: textAt(event, 'reason'), message: messageOfEvent(event), at: timeOfEvent(event) };
}

/** The image tags of a workload's containers, for people: `0.1.0`, or `0.1.0, 2.3` where they differ. */
export function imageTagsOf(workload: KubeObject): string {
  const tags = listAt(workload, 'spec', 'template', 'spec', 'containers').map((container) => {
    const image = textAt(container, 'image');
    const digest = image.indexOf('@');
    if (digest >= 0) return image.slice(digest + 1, digest + 20);
    return /:([^/:]+)$/.exec(image)?.[1] ?? 'latest';
  });
  return [...new Set(tags)].join(', ');
}
