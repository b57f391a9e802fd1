import type { KubeObject } from '../../ports/kube.ts';

/**
 * Who writes what git asks for. Other managers' fields (defaults, status, autoscalers) may differ after a rebuild. What
 * bootstrap applies (Flux itself, namespaces) counts too: where the server has completed a value, it owns that alone after
 * it ran once more.
 */
const isFlux = ({ manager, operation }: ManagedFields): boolean =>
  manager === 'kustomize-controller' ||
  manager === 'helm-controller' ||
  (manager === 'platform' && operation === 'Apply'); // the others are requests: to fetch, to suspend

type ManagedFields = NonNullable<KubeObject['metadata']['managedFields']>[number];

/** A field set of server-side apply; see {@link https://kubernetes.io/docs/reference/using-api/server-side-apply/ fieldsV1}. */
export interface FieldSet {
  [key: string]: FieldSet;
}

/** An object as it was, and what of it Flux's controllers and bootstrap own. */
export interface OwnedObject {
  /** All of it but status and managed fields. A Secret's data are its key names: never a value. */
  readonly live: unknown;
  readonly owned: FieldSet;
}

/** @param ignored JSON pointers of fields that Flux leaves to others, as the number of pods to an autoscaler. */
export function ownedObject(object: KubeObject, ignored: readonly string[] = []): OwnedObject {
  if (object.kind === 'Secret') {
    const data = Object.keys((object['data'] as object | undefined) ?? {}).sort();
    return { live: { data }, owned: { 'f:data': {} } };
  }
  const owned: FieldSet = {};
  for (const entry of object.metadata.managedFields ?? []) {
    if (isFlux(entry) && entry.fieldsV1 !== undefined) merge(owned, entry.fieldsV1 as FieldSet);
  }
  delete owned['f:status'];
  for (const pointer of ignored) drop(owned, pointer.split('/').slice(1).map(unescapePointer));
  return {
    live: { ...object, metadata: { ...object.metadata, managedFields: undefined }, status: undefined },
    owned,
  };
}

/**
 * What two looks at an object have to agree in: the fields that are owned in one of them, with the values of each. Who owns a field
 * that a person set by hand, and set back, is Flux no more; that is no difference.
 *
 * @returns Plain data with sorted keys, so that equal objects give equal JSON.
 */
export function comparableFields(
  one: OwnedObject,
  other: OwnedObject,
): { readonly one: unknown; readonly other: unknown } {
  const fields: FieldSet = {};
  for (const { owned } of [one, other]) merge(fields, owned);
  return { one: pick(one.live, fields) ?? {}, other: pick(other.live, fields) ?? {} };
}

function merge(into: FieldSet, from: FieldSet): void {
  for (const [key, value] of Object.entries(from)) merge((into[key] ??= {}), value);
}

function drop(fields: FieldSet, [first, ...more]: readonly string[]): void {
  const key = `f:${first ?? ''}`;
  const below = fields[key];
  if (!below) return;
  if (more.length === 0) delete fields[key];
  else drop(below, more);
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** `f:name` is a map key, `k:{…}` the keys of a list item, `v:…` a value of a set, `.` the thing itself. */
function pick(value: unknown, fields: FieldSet): unknown {
  const keys = Object.keys(fields).filter((key) => key !== '.');
  if (keys.length === 0) return sorted(value);
  if (Array.isArray(value)) {
    return keys
      .sort()
      .map((key) => pickItem(value, key, fields[key] ?? {}))
      .filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) return value;
  const picked: Record<string, unknown> = {};
  for (const key of keys.sort()) {
    const child = (value as Record<string, unknown>)[key.slice(2)];
    if (child !== undefined) picked[key.slice(2)] = pick(child, fields[key] ?? {});
  }
  return picked;
}

function pickItem(list: readonly unknown[], key: string, fields: FieldSet): unknown {
  if (key.startsWith('v:')) return list.find((item) => JSON.stringify(item) === key.slice(2));
  if (!key.startsWith('k:')) return undefined;
  const wanted = JSON.parse(key.slice(2)) as Record<string, unknown>;
  const item = list.find(
    (candidate) =>
      typeof candidate === 'object' &&
      candidate !== null &&
      Object.entries(wanted).every(([name, value]) => (candidate as Record<string, unknown>)[name] === value),
  );
  return item === undefined ? undefined : pick(item, fields);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
