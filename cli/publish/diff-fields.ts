import { isDeepStrictEqual } from 'node:util';

/** One field that differs; undefined on the side where it is not there. */
export interface FieldChange {
  /** `spec.template.spec.containers[trades].image`: items of lists by their name where they have one, else by position. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Every difference between two values, as deep as both sides have something to compare. The order of a map's keys, and of
 * a list whose items have names, does not count.
 */
export function diffFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    return diffMaps(before, after, (key) => (/^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${key}]`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [left, right] = [byName(before), byName(after)];
    const named = left !== undefined && right !== undefined;
    return diffMaps(
      named ? left : byPosition(before),
      named ? right : byPosition(after),
      (key) => `${path}[${key}]`,
    );
  }
  return [{ path: path.replace(/^\./, ''), before, after }];
}

type PlainMap = Readonly<Record<string, unknown>>;

function diffMaps(before: PlainMap, after: PlainMap, pathOf: (key: string) => string): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => diffFields(before[key], after[key], pathOf(key)));
}

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list as a map of its items' names; undefined where an item has none, or two have the same. */
function byName(list: readonly unknown[]): PlainMap | undefined {
  const names = list.map((item) =>
    isMap(item) && typeof item['name'] === 'string' ? item['name'] : undefined,
  );
  if (names.includes(undefined) || new Set(names).size < names.length) return undefined;
  return Object.fromEntries(list.map((item, index) => [names[index] ?? '', item]));
}

function byPosition(list: readonly unknown[]): PlainMap {
  return Object.fromEntries(list.map((item, index) => [String(index), item]));
}
