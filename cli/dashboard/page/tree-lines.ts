import type { Container } from '../../observe/model-parts.ts';
import type { Row } from './store.ts';

/** One line of the tree as it is shown, top to bottom. */
export type TreeLine = {
  readonly key: string;
  /** 1 for those that nobody owns. */
  readonly level: number;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly size: number;
} & (
  | { readonly type: 'row'; readonly row: Row; readonly open: boolean | undefined }
  | { readonly type: 'container'; readonly container: Container }
  /** So many siblings of one kind that are not shown. */
  | { readonly type: 'more'; readonly count: number; readonly kind: string }
);

export interface TreeOptions {
  readonly rows: ReadonlyMap<string, Row>;
  /** By the id above; under `''` those that stand alone. */
  readonly children: ReadonlyMap<string, readonly Row[]>;
  /** Shows only these, and what is above them; all where it is undefined. */
  readonly wanted: ((row: Row) => boolean) | undefined;
  /** What somebody has opened or shut, by key. */
  readonly toggles: ReadonlyMap<string, boolean>;
}

/** Siblings of one kind beyond so many are folded into one line. */
const mostAlike = 12;

/** The lines of the tree. Where it is filtered, everything is open. */
export function treeLines({ rows, children, wanted, toggles }: TreeOptions): TreeLine[] {
  const shown = wanted && withAncestors(rows, wanted);
  const lines: TreeLine[] = [];
  const visit = (above: string, level: number): void => {
    const all = (children.get(above) ?? []).filter(({ id }) => !shown || shown.has(id));
    const siblings = folded(all, above, toggles);
    for (const [at, sibling] of siblings.entries()) {
      const place = { level, position: at + 1, size: siblings.length };
      if (!('id' in sibling)) {
        lines.push({ type: 'more', key: sibling.key, count: sibling.count, kind: sibling.kind, ...place });
        continue;
      }
      const containers = sibling.part?.containers ?? [];
      const full = children.has(sibling.id) || containers.length > 0;
      const open = full
        ? (toggles.get(sibling.id) ?? (shown !== undefined || opensItself(sibling)))
        : undefined;
      lines.push({ type: 'row', key: sibling.id, row: sibling, open, ...place });
      if (open !== true) continue;
      visit(sibling.id, level + 1);
      for (const [index, container] of containers.entries()) {
        const key = `${sibling.id}/${container.name}`;
        lines.push({
          type: 'container',
          key,
          container,
          level: level + 1,
          position: index + 1,
          size: containers.length,
        });
      }
    }
  };
  visit('', 1);
  return lines;
}

/** Down to the workloads; what those are made of only where it is not well. */
function opensItself({ role, state }: Row): boolean {
  return role === 'source' || role === 'applier' || (state !== undefined && state !== 'Ready');
}

function withAncestors(rows: ReadonlyMap<string, Row>, wanted: (row: Row) => boolean): Set<string> {
  const shown = new Set<string>();
  for (const row of rows.values()) {
    if (!wanted(row)) continue;
    for (let at: Row | undefined = row; at && !shown.has(at.id); at = rows.get(at.parent ?? ''))
      shown.add(at.id);
  }
  return shown;
}

interface Fold {
  readonly key: string;
  readonly count: number;
  readonly kind: string;
}

function folded(
  siblings: readonly Row[],
  above: string,
  toggles: ReadonlyMap<string, boolean>,
): (Row | Fold)[] {
  const kinds = new Map<string, Row[]>();
  for (const row of siblings) {
    const alike = kinds.get(row.ref.kind);
    if (alike) alike.push(row);
    else kinds.set(row.ref.kind, [row]);
  }
  return [...kinds].flatMap(([kind, alike]): (Row | Fold)[] => {
    const key = `more ${kind} ${above}`;
    if (alike.length <= mostAlike || toggles.get(key) === true) return alike;
    return [...alike.slice(0, mostAlike), { key, count: alike.length - mostAlike, kind }];
  });
}
