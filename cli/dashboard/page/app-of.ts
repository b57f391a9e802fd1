import { meta, rows, type Row } from './store.ts';

/** The app whose Kustomization an object is, or belongs to; undefined where it is of none. */
export function appOf(row: Row | undefined): string | undefined {
  const seen = new Set<string>();
  for (let at = row; at && !seen.has(at.id); at = rows.value.get(at.parent ?? '')) {
    const { kind, name } = at.ref;
    if (kind === 'Kustomization' && meta.value?.apps.includes(name) === true) return name;
    seen.add(at.id);
  }
  return undefined;
}
