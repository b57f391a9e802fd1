import type { Colors } from 'picocolors/types.js';
import type { State } from './model.ts';

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
export function cut(text: string, { columns, unicode }: Look, used: number): string {
  const room = columns === undefined ? Infinity : Math.max(20, columns - used);
  const dots = unicode ? '…' : '...';
  return (text.length > room ? `${text.slice(0, room - dots.length)}${dots}` : text).trimEnd();
}
