import { culpritsOf } from './culprits.ts';
import { formatDuration } from './duration.ts';
import { firstLine } from './fields.ts';
import { culpritLines } from './format-why.ts';
import { cutEnd, cutMiddle, marked, narrowed, shortRevision, type Giver, type Look } from './look.ts';
import type { Item, Model } from './model.ts';

const header = ['STATE', 'OBJECT', 'REVISION', 'AGE', 'MESSAGE'];
const [object, revision, message] = [1, 2, 4];

/** What is cut in a narrow terminal, in this order. State and age are short, and say nothing when they are cut. */
const givers: readonly Giver[] = [
  { at: revision, least: 12 },
  { at: message, least: 16 },
  { at: object, least: 24 },
  { at: message, least: 0 },
  { at: object, least: 8 },
];

/** The table of all items, then what is not Ready with its culprit and what to do. */
export function formatModel(model: Model, look: Look): string {
  if (model.items.length === 0) return 'Flux has nothing to apply here yet.';
  const rows = model.items.map(rowOf);
  const natural = header.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const room = (look.columns ?? Infinity) - '✔ '.length - (header.length - 1) * '  '.length;
  const widths = narrowed(natural, room, givers);
  const line = (cells: readonly string[], paint: (text: string) => string): string => {
    const [state = '', ...rest] = cells.map((cell, at) => {
      const width = widths[at] ?? 0;
      return at === header.length - 1
        ? cutEnd(cell, width, look)
        : cutMiddle(cell, width, look.unicode).padEnd(width);
    });
    return `${paint(state)}  ${rest.join('  ').trimEnd()}`;
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
