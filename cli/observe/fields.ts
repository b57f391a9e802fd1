import type { KubeObject } from '../ports/kube.ts';

// Objects come from a cluster as they are: every field may be missing. These read one or give an empty value.

export type Fields = Readonly<Record<string, unknown>>;

/** One entry of `status.conditions`, as Kubernetes and Flux write them. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** ISO 8601; empty when absent. */
  readonly since: string;
  readonly observedGeneration: number | undefined;
}

/** The map at a path; empty where there is none. */
export function fieldsAt(value: unknown, ...path: string[]): Fields {
  const found = valueAt(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Fields) : {};
}

export function textAt(value: unknown, ...path: string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...path: string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function listAt(value: unknown, ...path: string[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function valueAt(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Fields)[key];
  }
  return found;
}

export function conditionsOf(object: KubeObject): Condition[] {
  return listAt(object, 'status', 'conditions').map((entry) => ({
    type: textAt(entry, 'type'),
    status: textAt(entry, 'status'),
    reason: textAt(entry, 'reason'),
    message: textAt(entry, 'message').trim(),
    since: textAt(entry, 'lastTransitionTime'),
    observedGeneration: numberAt(entry, 'observedGeneration'),
  }));
}

export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/**
 * Seconds since an object was created; undefined where it does not say when.
 *
 * @param now Milliseconds since the epoch.
 */
export function ageSeconds({ metadata }: KubeObject, now: number): number | undefined {
  const created = Date.parse(metadata.creationTimestamp ?? '');
  return Number.isNaN(created) ? undefined : Math.max(0, Math.floor((now - created) / 1000));
}

/** The first line of a message, without the noise that Flux and Kubernetes put around it, at most `length` characters. */
export function firstLine(message: string, length = 240): string {
  const line = (message.trim().split('\n')[0] ?? '').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
