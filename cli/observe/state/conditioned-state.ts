import type { KubeObject } from '../../ports/kube.ts';
import { conditionOf } from '../fields.ts';
import { beingDeleted, type Seen } from './seen.ts';

/** The state of an object of any kind that has a Ready condition, as External Secrets' have; Ready where it has none. */
export function conditionedState(object: KubeObject): Seen {
  const deleting = beingDeleted(object);
  if (deleting) return deleting;
  const ready = conditionOf(object, 'Ready');
  if (!ready) return { state: 'Ready', message: '', since: object.metadata.creationTimestamp ?? '' };
  const { message, reason, since } = ready;
  if (ready.status === 'True') return { state: 'Ready', message, since };
  const text = [reason, message].filter((part) => part !== '').join(': ');
  return { state: ready.status === 'False' ? 'Failed' : 'Reconciling', message: text, since };
}
