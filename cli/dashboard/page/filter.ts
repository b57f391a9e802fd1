import type { Row } from './store.ts';

/**
 * Reads a filter: words that must occur, `!word` that must not, and `kind:`, `ns:`, `name:`, `status:` (or `state:`)
 * before a word for one field alone. `status:!ready` works, too. Case does not count.
 */
export function matcher(query: string): (row: Row) => boolean {
  const tests = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!')
    .map(testOf);
  return (row) => tests.every((test) => test(row));
}

const fields: Readonly<Record<string, (row: Row) => string>> = {
  kind: ({ ref }) => ref.kind,
  ns: ({ ref }) => ref.namespace ?? '',
  name: ({ ref }) => ref.name,
  status: ({ state }) => state ?? '',
  state: ({ state }) => state ?? '',
};

function testOf(word: string): (row: Row) => boolean {
  const colon = word.indexOf(':');
  const named = fields[word.slice(0, Math.max(0, colon)).replace(/^!/, '')];
  const value = named ? word.slice(colon + 1) : word;
  const negated = word.startsWith('!') !== (named !== undefined && value.startsWith('!'));
  const wanted = value.replace(/^!/, '');
  const text = named ?? ((row: Row) => `${row.id} ${row.state ?? ''} ${row.message}`);
  return (row) => text(row).toLowerCase().includes(wanted) !== negated;
}
