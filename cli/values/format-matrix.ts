import { formatPlace } from '../errors/platform-error.ts';
import type { Terminal } from '../ports/terminal.ts';
import { hang } from '../ports/wrap.ts';
import { shown, type Cell, type Matrix, type MatrixRow } from './matrix.ts';

/** In characters; a list of trading pairs may be long. */
const widestValue = 32;

const absent: Cell = { source: 'absent' };

/** Marks behind a value: who says so. Its own values.yaml is the rule, and has none. */
const marks = { overridden: '', inherited: ' ^', default: ' .', absent: '' } as const;
/** The same in words, for blocks. */
const words = {
  overridden: ' (overridden)',
  inherited: ' (inherited)',
  default: ' (default)',
  absent: '',
} as const;

type Out = Pick<Terminal, 'unicode' | 'outColors' | 'outColumns'>;

/**
 * A table with one column per environment, or a block per value where a terminal is too narrow for it, and what is
 * wrong. No newline at the end.
 */
export function formatMatrix({ environments, rows, findings }: Matrix, all: boolean, terminal: Out): string {
  const { unicode, outColors, outColumns: columns } = terminal;
  const wanted = rows.filter(({ same }) => all || !same);
  const table = tableLines(environments, wanted);
  const fits = columns === undefined || table.every((line) => line.length <= columns);
  const hidden = rows.length - wanted.length;
  const more = hidden === 0 ? '' : `; ${hidden} more values are the same everywhere (--all)`;
  const sources = fits
    ? '^ from the sizing profile or platform.yaml, . by default'
    : 'inherited: from the sizing profile or platform.yaml';
  const [cross, arrow] = unicode ? ['✗', '→'] : ['x', '->'];
  return [
    ...(fits ? table : blockLines(environments, wanted, columns)),
    outColors.dim(hang(`${sources}${more}`, columns, 2)),
    ...findings.map(({ message, place, hint }) => {
      const where = place ? outColors.dim(` (${formatPlace(place)})`) : '';
      return hang(`${outColors.red(cross)} ${message}${where} ${arrow} ${hint ?? ''}`, columns, 2);
    }),
  ].join('\n');
}

function tableLines(environments: readonly string[], rows: readonly MatrixRow[]): string[] {
  const table = [
    ['', ...environments],
    ...rows.map(({ key, cells }) => [
      key,
      ...environments.map((name) => {
        const cell = cells[name] ?? absent;
        return `${cut(shown(cell), widestValue)}${marks[cell.source]}`;
      }),
    ]),
  ];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? [];
  return table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A value, and below it what it is in each environment. */
function blockLines(environments: readonly string[], rows: readonly MatrixRow[], columns: number): string[] {
  const width = Math.max(...environments.map((name) => name.length));
  return rows.flatMap(({ key, cells }) => [
    key,
    ...environments.map((name) => {
      const cell = cells[name] ?? absent;
      const said = words[cell.source];
      const before = `  ${name.padEnd(width)}   `;
      return `${before}${cut(shown(cell), Math.max(8, columns - before.length - said.length))}${said}`;
    }),
  ]);
}

function cut(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}
