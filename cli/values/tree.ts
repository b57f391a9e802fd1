import type { Place } from '../errors/platform-error.ts';

export type Scalar = string | number | boolean | null;

/** Plain data, as JSON has it. */
export type Plain = Scalar | readonly Plain[] | { readonly [key: string]: Plain };

/** A value that remembers where it was written. No place: nobody wrote it, it is a default. */
export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly place?: Place | undefined;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly place?: Place | undefined;
}

export interface MapTree {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly place?: Place | undefined;
}

export interface MapEntry {
  /** Where the key was written; the value may begin further right or on the next line. */
  readonly keyPlace?: Place | undefined;
  readonly value: Tree;
}

export const emptyMap: MapTree = { kind: 'map', entries: new Map() };

/** A key with nothing after it: it says nothing, so that commenting out all below a key is harmless. */
export function isNothing(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}

/** Lays `higher` over `lower`: maps merge key by key, everything else replaces, nothing leaves what is there. */
export function merge(lower: Tree | undefined, higher: Tree): Tree {
  if (!lower) return higher;
  if (isNothing(higher)) return lower;
  if (lower.kind !== 'map' || higher.kind !== 'map') return higher;
  const entries = new Map(lower.entries);
  for (const [key, entry] of higher.entries) {
    const below = entries.get(key);
    const value = merge(below?.value, entry.value);
    entries.set(key, value === below?.value ? below : { keyPlace: entry.keyPlace, value });
  }
  return { kind: 'map', entries, place: higher.place };
}

/** Defaults are one tree in all environments; and values are asked for more than once. */
const plains = new WeakMap<MapTree, Plain>();

/** A tree without its places. The same tree gives the same object: nobody may change it. */
export function toPlain(tree: Tree): Plain {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(toPlain);
  let plain = plains.get(tree);
  if (plain === undefined) {
    plain = Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toPlain(value)]));
    plains.set(tree, plain);
  }
  return plain;
}

/** A tree without places. */
export function fromPlain(value: Plain): Tree {
  if (value === null || typeof value !== 'object') return { kind: 'scalar', value };
  if (Array.isArray(value)) return { kind: 'list', items: (value as readonly Plain[]).map(fromPlain) };
  return {
    kind: 'map',
    entries: new Map(Object.entries(value).map(([key, child]) => [key, { value: fromPlain(child) }])),
  };
}

/** What lies at a path from the top, or undefined. */
export function entryAt(tree: Tree, path: readonly (string | number)[]): MapEntry | undefined {
  let found: MapEntry = { value: tree };
  for (const step of path) {
    const { value } = found;
    const next: MapEntry | undefined =
      value.kind === 'map' ? value.entries.get(String(step)) : itemAt(value, Number(step));
    if (!next) return undefined;
    found = next;
  }
  return found;
}

function itemAt(tree: Tree, index: number): MapEntry | undefined {
  const item = tree.kind === 'list' ? tree.items[index] : undefined;
  return item && { value: item };
}

/** `apps.trades.productIds[0]`, as messages name a value. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${String(step)}]` : index === 0 ? step : `.${step}`))
    .join('');
}
