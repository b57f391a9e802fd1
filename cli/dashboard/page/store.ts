import { batch, computed, signal } from '@preact/signals';
import type { Item, Model, State } from '../../observe/model.ts';
import type { Part } from '../../observe/model-parts.ts';
import type { ObjectRef } from '../../ports/kube.ts';
import type { GitReport } from '../../observe/status-report.ts';
import type { Delta, Meta, Snapshot } from '../page-data.ts';

/** One object, as all views show it. */
export interface Row {
  readonly id: string;
  readonly ref: ObjectRef;
  readonly parent: string | undefined;
  readonly role: Item['role'] | 'part';
  readonly state: State | undefined;
  readonly message: string;
  /** Milliseconds since the epoch; undefined where nobody knows. */
  readonly created: number | undefined;
  readonly item: Item | undefined;
  readonly part: Part | undefined;
}

export type Connection =
  | { readonly state: 'connecting' | 'live' | 'paused' | 'file' }
  | { readonly state: 'lost'; readonly retryMs: number }
  | { readonly state: 'refused'; readonly why: string };

export const connection = signal<Connection>({ state: 'connecting' });
/** Why the server cannot see the cluster. */
export const trouble = signal<string | undefined>(undefined);
export const meta = signal<Meta | undefined>(undefined);
/** Where git stood when a file was written; a server is asked instead. */
export const keptGit = signal<GitReport | undefined>(undefined);
/** Everything of the model but its items and parts, which {@link rows} has. */
export const summary = signal<Omit<Model, 'items' | 'parts'> | undefined>(undefined);
export const rows = signal<ReadonlyMap<string, Row>>(new Map());
/** Milliseconds since the epoch, now and then: for ages. */
export const now = signal(Date.now());

/** Rows by the id of the one above them; under `''` those that stand alone. */
export const children = computed(() => {
  const found = new Map<string, Row[]>();
  for (const row of rows.value.values()) {
    const above = row.parent !== undefined && rows.value.has(row.parent) ? row.parent : '';
    const list = found.get(above);
    if (list) list.push(row);
    else found.set(above, [row]);
  }
  for (const list of found.values()) list.sort(byPlace);
  return found;
});

const places: Readonly<Record<Row['role'], number>> = {
  source: 0,
  applier: 1,
  image: 2,
  workload: 3,
  part: 4,
};

function byPlace(a: Row, b: Row): number {
  return places[a.role] - places[b.role] || (a.id < b.id ? -1 : 1);
}

export function takeSnapshot(snapshot: Snapshot): void {
  const { items, parts, ...rest } = snapshot.model;
  const at = Date.parse(rest.takenAt);
  batch(() => {
    meta.value = snapshot.meta;
    keptGit.value = snapshot.git;
    summary.value = rest;
    rows.value = new Map(
      [...items.map((each) => itemRow(each, at)), ...parts.map((each) => partRow(each, at))].map((row) => [
        row.id,
        row,
      ]),
    );
    trouble.value = undefined;
    now.value = Date.now();
  });
}

export function takeDelta({ takenAt, items, parts, rest }: Delta): void {
  if (!summary.value) return;
  const at = Date.parse(takenAt);
  const next = new Map(rows.value);
  for (const id of [...items.gone, ...parts.gone]) next.delete(id);
  for (const item of items.put) next.set(item.id, itemRow(item, at));
  for (const part of parts.put) next.set(part.id, partRow(part, at));
  batch(() => {
    summary.value = { ...summary.value, ...rest, takenAt } as Omit<Model, 'items' | 'parts'>;
    rows.value = next;
    now.value = Date.now();
  });
}

function itemRow(item: Item, at: number): Row {
  const { id, ref, role, state, message, ageSeconds } = item;
  const parent = item.owner ?? item.source;
  return { id, ref, role, state, message, parent, created: at - ageSeconds * 1000, item, part: undefined };
}

function partRow(part: Part, at: number): Row {
  const { id, ref, parent, state, message = '', ageSeconds } = part;
  const created = ageSeconds === undefined ? undefined : at - ageSeconds * 1000;
  return { id, ref, role: 'part', state, message, parent, created, item: undefined, part };
}
