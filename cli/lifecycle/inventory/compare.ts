import { formatRef } from '../../ports/kube.ts';
import { comparableFields } from './owned-fields.ts';
import type { InventoryEntry, InventorySnapshot } from './snapshot.ts';

/** What a rebuild brought back. Objects are named `Kind/namespace/name`. */
export interface InventoryComparison {
  readonly same: readonly string[];
  readonly missing: readonly string[];
  readonly changed: readonly { readonly object: string; readonly fields: readonly string[] }[];
  /** There now, not there before: told, but no fault of the rebuild. */
  readonly added: readonly string[];
  /** Flux objects that were on the way to the commit before the rebuild: what they own is in none of the lists. */
  readonly notCompared: readonly string[];
}

/** Compares two snapshots object by object, by the fields that Flux's controllers own. */
export function compareInventories(before: InventorySnapshot, after: InventorySnapshot): InventoryComparison {
  const notCompared = before.unsettled ?? [];
  const comparable = after.objects.filter(({ owner }) => !notCompared.includes(owner));
  const now = new Map(comparable.map((entry) => [keyOf(entry), entry]));
  const same: string[] = [];
  const missing: string[] = [];
  const changed: { object: string; fields: string[] }[] = [];
  for (const entry of before.objects) {
    const other = now.get(keyOf(entry));
    now.delete(keyOf(entry));
    if (!other) {
      missing.push(keyOf(entry));
      continue;
    }
    const { one, other: rebuilt } = comparableFields(entry, other);
    const fields = differingPaths(one, rebuilt, '');
    if (fields.length === 0) same.push(keyOf(entry));
    else changed.push({ object: keyOf(entry), fields });
  }
  return { same, missing, changed, added: [...now.keys()], notCompared };
}

function keyOf({ ref }: InventoryEntry): string {
  return formatRef(ref);
}

function differingPaths(a: unknown, b: unknown, path: string): string[] {
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .sort()
      .flatMap((key) => differingPaths(a[key], b[key], path === '' ? key : `${path}.${key}`));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
