import type { Colors } from 'picocolors/types.js';
import { formatDuration } from './duration.ts';
import { firstLine } from './fields.ts';
import type { Item, Model, State } from './model.ts';
import { shortId } from './why/explain.ts';

/** How to write: nothing here looks at a terminal itself. */
export interface Look {
  readonly colors: Colors;
  readonly unicode: boolean;
  /** Lines are cut to this many columns; whole when absent. */
  readonly columns?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const marks: Readonly<
  Record<
    State,
    { unicode: string; ascii: string; color: keyof Colors & ('green' | 'red' | 'yellow' | 'cyan' | 'dim') }
  >
> = {
  Deleting: { unicode: '⌫', ascii: '<', color: 'yellow' },
  Suspended: { unicode: '⏸', ascii: '=', color: 'dim' },
  Stale: { unicode: '◷', ascii: '@', color: 'yellow' },
  Failed: { unicode: '✖', ascii: 'x', color: 'red' },
  Waiting: { unicode: '⧗', ascii: '.', color: 'yellow' },
  Reconciling: { unicode: '↻', ascii: '~', color: 'cyan' },
  Ready: { unicode: '✔', ascii: '+', color: 'green' },
  Unknown: { unicode: '?', ascii: '?', color: 'dim' },
};

/** The sign of a state, in its colour. */
export function markOf(state: State, { unicode, colors }: Pick<Look, 'unicode' | 'colors'>): string {
  const mark = marks[state];
  return colors[mark.color](unicode ? mark.unicode : mark.ascii);
}

/** The table of all items, then what is not Ready with its culprit and what to do. */
export function formatModel(model: Model, look: Look): string {
  if (model.items.length === 0) return 'Flux has nothing to apply here yet.';
  const rows = model.items.map(rowOf);
  const header = ['STATE', 'OBJECT', 'REVISION', 'AGE', 'MESSAGE'];
  const widths = header.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (mark: string, cells: readonly string[], paint: (text: string) => string): string => {
    const padded = cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)));
    const [state = '', ...rest] = padded;
    return `${paint(`${mark} ${state}`)}  ${cut(rest.join('  '), look, state.length + 4)}`;
  };
  const table = model.items.map((item, at) => {
    const { unicode, ascii, color } = marks[item.state];
    return line(look.unicode ? unicode : ascii, rows[at] ?? [], look.colors[color]);
  });
  const counts = Object.entries(model.counts).filter(([, count]) => count > 0);
  return [
    line(' ', header, look.colors.dim),
    ...table,
    '',
    counts.map(([state, count]) => `${count} ${state}`).join(', '),
    ...formatCauses(model, look),
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

/** `main@sha1:1a2b3c4…` as `1a2b3c4`; versions and tags as they are. */
function shortRevision(revision = '-'): string {
  return /[:@][0-9a-f]{40}/.test(revision) ? (revision.split(':').at(-1) ?? '').slice(0, 7) : revision;
}

/** One entry per culprit, with all that it holds up; what has failed comes before what still moves. */
export function formatCauses(model: Model, { colors, unicode }: Look): string[] {
  const held = new Map<string, Item[]>();
  for (const item of model.items) {
    const culprit = item.cause?.chain.at(-1);
    if (culprit !== undefined) held.set(culprit, [...(held.get(culprit) ?? []), item]);
  }
  const failedFirst = (items: readonly Item[]): number =>
    items.some(({ state }) => state === 'Failed') ? 0 : 1;
  const groups = [...held.values()].sort((a, b) => failedFirst(a) - failedFirst(b));
  return groups.flatMap((items) => {
    const [farthest, ...others] = [...items].sort(
      (a, b) => (b.cause?.chain.length ?? 0) - (a.cause?.chain.length ?? 0),
    );
    if (!farthest?.cause) return [];
    const { sentence, chain, next } = farthest.cause;
    const besides = others
      .map(({ id }) => id)
      .filter((id) => !chain.includes(id))
      .map(shortId);
    return [
      '',
      `${colors.red(unicode ? '✖' : 'x')} ${sentence}`,
      ...(besides.length === 0 ? [] : [`  holds up as well: ${besides.join(', ')}`]),
      `  ${unicode ? '→' : '->'} ${next}`,
    ];
  });
}

function cut(text: string, { columns, unicode }: Look, used: number): string {
  const room = columns === undefined ? Infinity : Math.max(20, columns - used);
  const dots = unicode ? '…' : '...';
  return (text.length > room ? `${text.slice(0, room - dots.length)}${dots}` : text).trimEnd();
}
