import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import type { ClusterIndex } from './cluster-index.ts';
import { containersOf } from './containers.ts';
import { ageSeconds } from './fields.ts';
import type { Part } from './model-parts.ts';
import type { Cause, Item } from './model.ts';
import type { Seen } from './state/seen.ts';

/** Everything below the items: the rest of their inventories, and what controllers made of the workloads. */
export function buildParts(
  items: readonly Item[],
  index: ClusterIndex,
  look: (id: string) => Seen | undefined,
  causeOf: (id: string) => Cause,
): Part[] {
  const taken = new Set(items.map(({ id }) => id));
  const parts: Part[] = [];
  const add = (parent: string, child: Pick<Part, 'id' | 'ref'>): void => {
    if (taken.has(child.id)) return;
    taken.add(child.id);
    const object = index.find(child.id);
    const part: Part = { ...child, parent, ...(object ? seenOf(object, look(child.id), index.now) : {}) };
    const unwell = part.state !== undefined && part.state !== 'Ready';
    parts.push(unwell ? { ...part, cause: causeOf(child.id) } : part);
    if (object) addChildren(child.id, object);
  };
  const addChildren = (id: string, object: KubeObject): void => {
    for (const child of index.childrenOf(object)) {
      const ref = refOf(child);
      // Old ReplicaSets stay for a roll-back; they have nothing and say nothing.
      if (child.kind === 'ReplicaSet' && index.childrenOf(child).length === 0 && isIdle(child)) continue;
      add(id, { id: formatRef(ref), ref });
    }
  };
  for (const { id } of items) {
    for (const ref of index.inventory(id)) add(id, { id: formatRef(ref), ref });
    const object = index.find(id);
    if (object) addChildren(id, object);
  }
  return parts;
}

function isIdle(set: KubeObject): boolean {
  return (set['spec'] as { replicas?: number } | undefined)?.replicas === 0;
}

function seenOf(
  object: KubeObject,
  seen: Seen | undefined,
  now: number,
): Pick<Part, 'state' | 'message' | 'ageSeconds' | 'containers'> {
  const age = ageSeconds(object, now);
  return {
    ...(seen ? { state: seen.state, message: seen.message } : {}),
    ...(age === undefined ? {} : { ageSeconds: age }),
    ...(object.kind === 'Pod' ? { containers: containersOf(object) } : {}),
  };
}
