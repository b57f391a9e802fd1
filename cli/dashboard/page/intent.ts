import { computed, signal } from '@preact/signals';
import type { MissingRights, Verb } from '../action-data.ts';
import { dialog } from './palette.tsx';
import { route } from './route.ts';
import { meta, rows, type Row } from './store.ts';

/** What somebody is about to do; the dialog asks and tells. */
export interface Intent {
  readonly verb: Verb;
  readonly ids: readonly string[];
}

export const intent = signal<Intent | undefined>(undefined);
/** Objects that were chosen for what is done next, by id. */
export const picked = signal<ReadonlySet<string>>(new Set());
/** undefined until the cluster has told. */
export const missingRights = signal<MissingRights | undefined>(undefined);

/** Those that are still there. */
export const pickedRows = computed<readonly Row[]>(() =>
  [...picked.value].flatMap((id) => rows.value.get(id) ?? []),
);

export function mayAct(): boolean {
  return meta.value?.answers.includes('actions') === true;
}

/** Objects of Flux that are in the cluster. */
export function canActOn({ role, item }: Row): boolean {
  return mayAct() && role !== 'workload' && item?.uid !== undefined;
}

export function pick(row: Row): void {
  if (!canActOn(row)) return;
  const next = new Set(picked.value);
  if (!next.delete(row.id)) next.add(row.id);
  picked.value = next;
}

/** What a key is meant for: what was chosen in the tree, else the object that is shown or at which one is. */
export function targets(): readonly Row[] {
  const { view, id = '' } = route.value;
  if (view === 'tree' && pickedRows.value.length > 0) return pickedRows.value;
  const row = view === 'tree' || view === 'object' ? rows.value.get(id) : undefined;
  return row ? [row] : [];
}

export function begin(verb: Verb, on: readonly Row[]): void {
  const ids = on.filter(canActOn).map(({ id }) => id);
  if (ids.length === 0) return;
  intent.value = { verb, ids };
  dialog.value = 'action';
}

/** Rights that the user lacks to change these, in words. */
export function lacking(on: readonly Row[]): string[] {
  const places = on.map(({ ref: { kind, namespace = '' } }) => `${kind}/${namespace}`);
  return [...new Set(places.flatMap((place) => missingRights.value?.[place] ?? []))];
}
