import { PlatformError } from '../errors/platform-error.ts';
import { formatRef, refOf, type Kube, type KubeObject, type ObjectRef } from './kube.ts';

/**
 * A cluster that is a list of objects. `apply` replaces fields as a merge does and keeps what it does not name;
 * nothing reconciles. Change `objects` to tell the next part of the story.
 */
export function fakeKube(initial: readonly KubeObject[] = []): Kube & {
  readonly objects: Map<string, KubeObject>;
  readonly calls: string[];
  /** Replaces everything that is there. */
  set(objects: readonly KubeObject[]): void;
} {
  const objects = new Map<string, KubeObject>();
  const calls: string[] = [];
  const keyOf = (ref: ObjectRef): string => `${ref.apiVersion} ${formatRef(ref)}`;
  const write = (ref: ObjectRef, change: object): KubeObject => {
    const merged = merge(objects.get(keyOf(ref)) ?? {}, change) as unknown as KubeObject;
    objects.set(keyOf(ref), merged);
    return merged;
  };
  const fake = {
    objects,
    calls,
    set: (next: readonly KubeObject[]) => {
      objects.clear();
      for (const object of next) objects.set(keyOf(refOf(object)), object);
    },
    version: async () => Promise.resolve('v1.0.0'),
    kinds: async () => {
      const kinds = [...objects.values()].map(({ apiVersion, kind }) => ({ apiVersion, kind }));
      return Promise.resolve([
        ...new Map(kinds.map((each) => [`${each.apiVersion} ${each.kind}`, each])).values(),
      ]);
    },
    get: async (ref: ObjectRef) => Promise.resolve(objects.get(keyOf(ref))),
    list: async (
      { apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>,
      options: Parameters<Kube['list']>[1] = {},
    ) =>
      Promise.resolve(
        [...objects.values()].filter(
          (object) =>
            object.apiVersion === apiVersion &&
            object.kind === kind &&
            (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
            matches(object.metadata.labels, options.labelSelector) &&
            matches(object, options.fieldSelector),
        ),
      ),
    apply: async (object: KubeObject) => {
      calls.push(`apply ${formatRef(refOf(object))}`);
      return Promise.resolve(write(refOf(object), object));
    },
    dryRun: async (object: KubeObject) => {
      calls.push(`dry-run ${formatRef(refOf(object))}`);
      return Promise.resolve(merge(objects.get(keyOf(refOf(object))) ?? {}, object) as unknown as KubeObject);
    },
    patch: async (ref: ObjectRef, patch: object) => {
      calls.push(`patch ${formatRef(ref)}`);
      const found = objects.get(keyOf(ref));
      if (found) requireUnchanged(found, patch);
      return Promise.resolve(objects.has(keyOf(ref)) ? write(ref, patch) : undefined);
    },
    delete: async (ref: ObjectRef) => {
      calls.push(`delete ${formatRef(ref)}`);
      return Promise.resolve(objects.delete(keyOf(ref)));
    },
  };
  fake.set(initial);
  return fake;
}

/** A patch that names a uid or a version is for that object alone. */
function requireUnchanged({ kind, metadata }: KubeObject, patch: object): void {
  const wanted = (patch as Partial<KubeObject>).metadata;
  for (const field of ['uid', 'resourceVersion'] as const) {
    if (wanted?.[field] === undefined || wanted[field] === metadata[field]) continue;
    throw new PlatformError('OBJECT_CHANGED', `${kind}/${metadata.name} has another ${field}`, 'Look again');
  }
}

/** JSON merge patch (RFC 7386): maps merge, null takes away, everything else replaces. */
function merge(target: object, change: object): object {
  const result: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(change) as [string, unknown][]) {
    const old = result[key];
    if (value === null) delete result[key];
    else if (isMap(value)) result[key] = merge(isMap(old) ? old : {}, value);
    else result[key] = value;
  }
  return result;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only `key=value` pairs with commas between: what this program asks for. */
function matches(fields: object = {}, selector = ''): boolean {
  return selector
    .split(',')
    .filter((pair) => pair !== '')
    .every((pair) => {
      const [key = '', value] = pair.split('=');
      return (fields as Record<string, unknown>)[key] === value;
    });
}
