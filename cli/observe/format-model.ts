import { culpritsOf } from './culprits.ts';
import { formatDuration } from './duration.ts';
import { firstLine } from './fields.ts';
import { culpritLines } from './format-why.ts';
import { cut, marked, shortRevision, type Look } from './look.ts';
import type { Item, Model } from './model.ts';

/** The table of all items, then what is not Ready with its culprit and what to do. */
export function formatModel(model: Model, look: Look): string {
  if (model.items.length === 0) return 'Flux has nothing to apply here yet.';
  const rows = model.items.map(rowOf);
  const header = ['STATE', 'OBJECT', 'REVISION', 'AGE', 'MESSAGE'];
  const widths = header.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[], paint: (text: string) => string): string => {
    const padded = cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)));
    const [state = '', ...rest] = padded;
    return `${paint(state)}  ${cut(rest.join('  '), look, state.length + 4)}`;
  };
  const table = model.items.map(({ state }, at) => line(rows[at] ?? [], (text) => marked(state, text, look)));
  const counts = Object.entries(model.counts).filter(([, count]) => count > 0);
  return [
    line(header, (text) => look.colors.dim(`  ${text}`)),
    ...table,
    '',
    counts.map(([state, count]) => `${count} ${state}`).join(', '),
    ...culpritsOf({ items: model.items, parts: [] }).flatMap((culprit) => culpritLines(culprit, look)),
    ...model.notes.map((note) => look.colors.yellow(`note: ${note}`)),
  ].join('\n');
}

function rowOf(item: Item): string[] {
  const indent = item.role === 'workload' ? '  ' : '';
  const { kind, namespace = '', name } = item.ref;
  const place = namespace === 'flux-system' || namespace === '' ? name : `${namespace}/${name}`;
  return [
    item.state,
    `${indent}${kind} ${place}`,
    shortRevision(item.revision),
    formatDuration(item.ageSeconds * 1000),
    firstLine(item.message, 300),
  ];
}
