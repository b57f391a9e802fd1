import type { Part } from './model-parts.ts';
import type { Cause, Item, Model, State } from './model.ts';

/** What is to blame for objects that are not Ready. */
export interface Culprit {
  /** Its id; it may be missing in the cluster. */
  readonly id: string;
  /** Told from the object that is farthest from it: the longest story holds the shorter ones. */
  readonly cause: Cause;
  /** Ids of what is not Ready because of it, itself included where the model shows it. */
  readonly holdsUp: readonly string[];
}

type Unwell = (Item | Part) & { readonly cause: Cause };

/** Whether nothing is wrong: Flux or a Job is at work, and all it takes is to wait. */
export function isAtWork({ rule }: Cause): boolean {
  return rule === 'in-progress' || rule === 'job-running';
}

/**
 * Everything that is not Ready, by culprit; what has failed comes before what still moves, and last what is merely at
 * work, whatever its earlier runs left behind. Pods and what else
 * controllers made are left out: a workload that is well answers for them.
 */
export function culpritsOf({ items, parts }: Pick<Model, 'items' | 'parts'>): Culprit[] {
  const appliers = new Set(items.filter(({ role }) => role === 'applier').map(({ id }) => id));
  const applied = parts.filter(({ parent }) => appliers.has(parent));
  const held = new Map<string, Unwell[]>();
  for (const object of [...items, ...applied]) {
    if (!isUnwell(object)) continue;
    const id = object.cause.chain.at(-1) ?? object.id;
    held.set(id, [...(held.get(id) ?? []), object]);
  }
  const failedFirst = (objects: readonly Unwell[]): number => {
    if (objects.every(({ cause }) => isAtWork(cause))) return 2;
    return objects.some(({ state }) => state === 'Failed') ? 0 : 1;
  };
  return [...held]
    .sort(([, a], [, b]) => failedFirst(a) - failedFirst(b))
    .flatMap(([id, objects]) => {
      const [farthest] = [...objects].sort((a, b) => b.cause.chain.length - a.cause.chain.length);
      return farthest ? [{ id, cause: farthest.cause, holdsUp: objects.map((object) => object.id) }] : [];
    });
}

function isUnwell(object: Item | Part): object is Unwell {
  return object.cause !== undefined;
}

/** What `platform why` says of one object, or of all. */
export interface WhyReport {
  readonly environment: string;
  readonly takenAt: string;
  /** The object that was asked about; `state` is absent for kinds without health, as Services. */
  readonly object?: { readonly id: string; readonly state?: State; readonly message: string };
  /** Empty where there is nothing to explain. */
  readonly culprits: readonly Culprit[];
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}

/** @param object Undefined for everything that is not Ready. */
export function reportWhy(environment: string, model: Model, object: Item | Part | undefined): WhyReport {
  const { takenAt, notes } = model;
  if (!object) return { environment, takenAt, culprits: culpritsOf(model), notes };
  const { id, state, message = '', cause } = object;
  const culprits = cause ? [{ id: cause.chain.at(-1) ?? id, cause, holdsUp: [id] }] : [];
  return { environment, takenAt, object: { id, ...(state ? { state } : {}), message }, culprits, notes };
}
