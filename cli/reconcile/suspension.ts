import type { Clock } from '../ports/clock.ts';
import type { Kube, KubeObject, ObjectRef } from '../ports/kube.ts';
import { recordEvent } from './record-event.ts';

/** Where the reason of a suspension is written, in the annotations of the object. */
export const suspensionKeys = {
  reason: 'platform.dev/suspend-reason',
  by: 'platform.dev/suspended-by',
  since: 'platform.dev/suspended-at',
  until: 'platform.dev/suspend-until',
} as const;

/**
 * An object as somebody saw it. With `uid`, a change is refused when it is another one by now; with `resourceVersion`,
 * also when anything of it was changed meanwhile, its status included.
 */
export interface Seen {
  readonly ref: ObjectRef;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface SuspendNote {
  readonly reason: string;
  /** Who does it, for the others: a name, an e-mail address. */
  readonly by: string;
  /** ISO 8601; nothing resumes it then by itself, but everything shows that it is over. */
  readonly until?: string | undefined;
}

/** What a change did. */
export interface Changed {
  /** False when the object is not there any more. */
  readonly done: boolean;
  /** What did not work besides, in words. */
  readonly warnings: readonly string[];
}

interface Access {
  readonly kube: Pick<Kube, 'patch' | 'apply'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Makes Flux leave an object as it is, and writes down why: in its annotations and as an event.
 *
 * @throws {PlatformError} OBJECT_CHANGED where it is not as it was seen; KUBE_REJECTED.
 */
export async function suspend(
  access: Access,
  seen: Seen,
  { reason, by, until }: SuspendNote,
): Promise<Changed> {
  const { reason: why, by: who, since, until: end } = suspensionKeys;
  const annotations = {
    [why]: reason,
    [who]: by,
    [since]: new Date(access.clock.now()).toISOString(),
    [end]: until ?? null,
  };
  const limit = until === undefined ? '' : ` until ${until}`;
  return change(access, seen, { annotations, suspend: true }, [
    'Suspended',
    `${by} suspended it${limit}: ${reason}`,
  ]);
}

/** Lets Flux work on it again; the notes of the suspension go, its event stays. See {@link suspend}. */
export async function resume(access: Access, seen: Seen, by: string): Promise<Changed> {
  const annotations = Object.fromEntries(Object.values(suspensionKeys).map((key) => [key, null]));
  return change(access, seen, { annotations, suspend: null }, ['Resumed', `${by} resumed it`]);
}

async function change(
  access: Access,
  { ref, uid, resourceVersion }: Seen,
  { annotations, suspend: value }: { annotations: object; suspend: true | null },
  [reason, message]: readonly [string, string],
): Promise<Changed> {
  const changed: KubeObject | undefined = await access.kube.patch(ref, {
    metadata: { uid, resourceVersion, annotations }, // undefined is not sent
    spec: { suspend: value },
  });
  if (!changed) return { done: false, warnings: [] };
  const warning = await recordEvent(access, changed, reason, message);
  return { done: true, warnings: warning === undefined ? [] : [warning] };
}
