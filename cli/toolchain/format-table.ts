import { wrap } from '../ports/wrap.ts';

/** How a table is written that is too wide for its terminal. */
export interface Narrow {
  /** Of the terminal; undefined leaves all lines whole. */
  readonly columns: number | undefined;
  /** The first column that may leave its place; those before it are short, and stay columns. */
  readonly from: number;
}

/**
 * Columns as wide as their widest cell, two blanks apart, without blanks at the end of a line. Where that is wider than
 * the terminal, the cells of each row from `from` on stand behind each other, and what has no room there below.
 */
export function formatTable(rows: readonly (readonly string[])[], narrow?: Narrow): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  const inColumns = (row: readonly string[]): string =>
    row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  const lines = rows.map((row) => inColumns(row).trimEnd());
  const { columns, from } = narrow ?? {};
  if (columns === undefined || lines.every((line) => line.length <= columns)) return lines.join('\n');
  return rows
    .map((row) => {
      const first = `${inColumns(row.slice(0, from))}  `;
      return flow(row.slice(from), first, columns).join('\n').trimEnd();
    })
    .join('\n');
}

/** Cells behind `first`, or on lines below that are indented to its end; a word that fits nowhere begins farther left. */
function flow(cells: readonly string[], first: string, columns: number): string[] {
  const room = columns - first.length;
  const lines: string[] = [];
  for (const cell of cells.filter((text) => text !== '')) {
    const before = lines.at(-1);
    if (before !== undefined && before.length + '  '.length + cell.length <= room) {
      lines[lines.length - 1] = `${before}  ${cell}`;
    } else {
      lines.push(...wrap(cell, room));
    }
  }
  const indented = lines.map((line) => `${' '.repeat(line.length > room ? 4 : first.length)}${line}`);
  const [start = ''] = lines;
  return start.length > room ? [first.trimEnd(), ...indented] : [`${first}${start}`, ...indented.slice(1)];
}
