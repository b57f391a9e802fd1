import type { Model } from '../observe/model.ts';
import type { Changed, Delta } from './page-data.ts';

/** What has to be told to somebody who has the earlier model; undefined where that is nothing. Ages alone are nothing. */
export function deltaBetween(before: Model, after: Model): Delta | undefined {
  const { items, parts, takenAt, ...others } = after;
  const rest = Object.fromEntries(
    Object.entries(others).filter(
      ([name, value]) => JSON.stringify(before[name as keyof Model]) !== JSON.stringify(value),
    ),
  );
  const delta = {
    takenAt,
    items: changedRows(before.items, items),
    parts: changedRows(before.parts, parts),
    rest,
  };
  const rows = [delta.items, delta.parts].some(({ put, gone }) => put.length > 0 || gone.length > 0);
  return rows || Object.keys(rest).length > 0 ? delta : undefined;
}

interface Row {
  readonly id: string;
  readonly ageSeconds?: number;
}

function changedRows<One extends Row>(before: readonly One[], after: readonly One[]): Changed<One> {
  const old = new Map(before.map((row) => [row.id, row]));
  const put = after.filter((row) => {
    const earlier = old.get(row.id);
    old.delete(row.id);
    return earlier === undefined || ageless(earlier) !== ageless(row);
  });
  return { put, gone: [...old.keys()] };
}

function ageless(row: Row): string {
  return JSON.stringify({ ...row, ageSeconds: 0 });
}
