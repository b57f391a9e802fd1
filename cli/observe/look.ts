import type { Colors } from 'picocolors/types.js';
import type { State } from './model.ts';

/** How to write: nothing here looks at a terminal itself. */
export interface Look {
  readonly colors: Colors;
  readonly unicode: boolean;
  /** Lines are cut or wrapped to this many columns; whole when absent. */
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
  Failed: { unicode: '✗', ascii: 'x', color: 'red' },
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

/** A text behind the sign of a state, both in its colour. */
export function marked(state: State, text: string, { unicode, colors }: Look): string {
  const { color, ...mark } = marks[state];
  return colors[color](`${unicode ? mark.unicode : mark.ascii} ${text}`);
}

/** `main@sha1:1a2b3c4…` as `1a2b3c4`; versions and tags as they are. */
export function shortRevision(revision = '-'): string {
  return /[:@][0-9a-f]{40}/.test(revision) ? (revision.split(':').at(-1) ?? '').slice(0, 7) : revision;
}

/** Text that ends where the terminal does. @param used Columns that are taken already. */
export function cut(text: string, look: Look, used: number): string {
  const { columns } = look;
  return cutEnd(text, columns === undefined ? Infinity : Math.max(20, columns - used), look);
}

/** Text of at most so many columns. */
export function cutEnd(text: string, room: number, { unicode }: Pick<Look, 'unicode'>): string {
  if (room < 1) return '';
  const dots = unicode ? '…' : '...';
  return (text.length > room ? `${text.slice(0, Math.max(0, room - dots.length))}${dots}` : text).trimEnd();
}

/** Text that keeps its beginning and its end, as names and tags are told apart by either. */
export function cutMiddle(text: string, room: number, unicode: boolean): string {
  if (text.length <= room) return text;
  const dots = unicode ? '…' : '...';
  const kept = Math.max(0, room - dots.length);
  return `${text.slice(0, Math.ceil(kept / 2))}${dots}${text.slice(text.length - Math.floor(kept / 2))}`;
}

/** Column `at` of a table may be cut to `least`. */
export interface Giver {
  readonly at: number;
  readonly least: number;
}

/** Widths of columns that fit in `room`, as far as the givers can: each gives all it may before the next is asked. */
export function narrowed(widths: readonly number[], room: number, givers: readonly Giver[]): number[] {
  const fitting = [...widths];
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  for (const { at, least } of givers) {
    const gives = Math.max(0, Math.min(over, (fitting[at] ?? 0) - least));
    fitting[at] = (fitting[at] ?? 0) - gives;
    over -= gives;
  }
  return fitting;
}
