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

/**
 * The part of an object that Flux's controllers and bootstrap own, by server-side apply's field sets: what a rebuild must bring back
 * exactly. Secrets give their key names only.
 *
 * @returns Plain data with sorted keys, so that equal objects give equal JSON.
 * @see {@link https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management} fieldsV1
 */
export function ownedFields(object: KubeObject): unknown {
  if (object.kind === 'Secret') {
    return { data: Object.keys((object['data'] as object | undefined) ?? {}).sort() };
  }
  const owned: FieldTree = {};
  for (const entry of object.metadata.managedFields ?? []) {
    if (!isFlux(entry) || entry.fieldsV1 === undefined) continue;
    merge(owned, entry.fieldsV1 as FieldTree);
  }
  delete owned['f:status'];
  return pick(object, owned) ?? {};
}

type FieldTree = { [key: string]: FieldTree };

function merge(into: FieldTree, from: FieldTree): void {
  for (const [key, value] of Object.entries(from)) merge((into[key] ??= {}), value);
}

/** `f:name` is a map key, `k:{…}` the keys of a list item, `v:…` a value of a set, `.` the thing itself. */
function pick(value: unknown, fields: FieldTree): unknown {
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

function pickItem(list: readonly unknown[], key: string, fields: FieldTree): unknown {
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
