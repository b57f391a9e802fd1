import type { KubeObject } from '../../ports/kube.ts';
import { conditionOf, numberAt } from '../fields.ts';
import type { Item, State } from '../model.ts';

/** What one object says about itself. */
export interface Seen {
  readonly state: State;
  readonly message: string;
  /** When it came to be so, ISO 8601; empty where nothing says. */
  readonly since: string;
  readonly progress?: NonNullable<Item['progress']>;
}

/**
 * The newest generation of an object that its controller has looked at. Flux leaves `status.observedGeneration` at -1
 * until the first success, while its Ready condition already carries the generation it speaks of (tried:
 * kustomize-controller 1.9.5).
 *
 * @returns undefined when its controller has not looked at it at all.
 */
export function observedGeneration(object: KubeObject): number | undefined {
  const known = [
    numberAt(object, 'status', 'observedGeneration'),
    conditionOf(object, 'Ready')?.observedGeneration,
  ].filter((generation) => generation !== undefined && generation >= 0);
  return known.length === 0 ? undefined : Math.max(...(known as number[]));
}

export function beingDeleted({ metadata }: KubeObject): Seen | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  const left = metadata.finalizers ?? [];
  return {
    state: 'Deleting',
    message: left.length === 0 ? 'is being deleted' : `is being deleted, waits for ${left.join(', ')}`,
    since: metadata.deletionTimestamp,
  };
}
