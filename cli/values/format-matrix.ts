import { formatPlace } from '../errors/platform-error.ts';
import type { Terminal } from '../ports/terminal.ts';
import { shown, type Cell, type Matrix } from './matrix.ts';

/** In characters; a list of trading pairs may be long. */
const widestValue = 32;

/** Marks behind a value: who says so. Its own values.yaml is the rule, and has none. */
const marks = { overridden: '', inherited: ' ^', default: ' .', absent: '' } as const;

/** A table with one column per environment, and what is wrong. No newline at the end. */
export function formatMatrix(
  { environments, rows, findings }: Matrix,
  all: boolean,
  { unicode, outColors }: Pick<Terminal, 'unicode' | 'outColors'>,
): string {
  const wanted = rows.filter(({ same }) => all || !same);
  const text = ({ source, ...cell }: Cell): string => {
    const value = shown({ source, ...cell });
    return `${value.length > widestValue ? `${value.slice(0, widestValue - 1)}…` : value}${marks[source]}`;
  };
  const table = [
    ['', ...environments],
    ...wanted.map(({ key, cells }) => [
      key,
      ...environments.map((name) => text(cells[name] ?? { source: 'absent' })),
    ]),
  ];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const hidden = rows.length - wanted.length;
  const more = hidden === 0 ? '' : `; ${hidden} more values are the same everywhere (--all)`;
  const [cross, arrow] = unicode ? ['✖', '→'] : ['x', '->'];
  return [
    ...lines,
    outColors.dim(`^ from the sizing profile or platform.yaml, . by default${more}`),
    ...findings.map(
      ({ message, place, hint }) =>
        `${outColors.red(cross)} ${message}${place ? outColors.dim(` (${formatPlace(place)})`) : ''} ${arrow} ${hint ?? ''}`,
    ),
  ].join('\n');
}
