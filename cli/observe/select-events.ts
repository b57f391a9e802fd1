import type { EventLine } from './model-parts.ts';
import type { Model } from './model.ts';
import { treeOf, type Branch } from './tree.ts';

export interface EventFilter {
  /** An id; its events and those of everything below it. */
  readonly about?: string | undefined;
  readonly warnings?: boolean;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
}

/** Events that somebody asked for, newest last. */
export function selectEvents(model: Model, { about, warnings = false, since }: EventFilter): EventLine[] {
  const concerns = about === undefined ? () => true : concerning(model, about);
  return model.events
    .filter((event) => !warnings || event.warning)
    .filter(({ at }) => since === undefined || Date.parse(at) >= since)
    .filter((event) => concerns(event.about))
    .reverse();
}

/** A pod that is gone has left the cluster, not its events: those go by the name that its owner gave it. */
function concerning(model: Model, about: string): (id: string) => boolean {
  const ids = new Set(treeOf(model, { under: about, all: true }).flatMap(idsIn));
  const owners = [...ids]
    .map((id) => id.split('/'))
    .filter(([kind = '']) => podOwners.has(kind))
    .map(([, namespace = '', name = '']) => `${namespace}/${name}-`);
  const isOfOwner = (place: string): boolean => owners.some((owner) => place.startsWith(owner));
  return (id) => {
    const [kind = '', ...place] = id.split('/');
    return ids.has(id) || ((kind === 'Pod' || kind === 'ReplicaSet') && isOfOwner(place.join('/')));
  };
}

const podOwners = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job']);

function idsIn({ id, children }: Branch): string[] {
  return [...(id === undefined ? [] : [id]), ...children.flatMap(idsIn)];
}
