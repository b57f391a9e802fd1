import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatReport, type Report } from './report.ts';

const [begin, end] = ['<!-- measured -->', '<!-- /measured -->'];

/** The newer rows in the place of the older ones of the same name. */
export function mergeReports(before: Report, now: Report): Report {
  const replaced = before.rows.map((row) => now.rows.find(({ name }) => name === row.name) ?? row);
  const added = now.rows.filter((row) => !before.rows.some(({ name }) => name === row.name));
  return { ...now, rows: [...replaced, ...added] };
}

/**
 * The document with the tables of a report between its two marks.
 *
 * @throws {TypeError} when it lacks them.
 */
export function withTables(document: string, report: Report): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new TypeError(`the document has no ${begin} … ${end}`);
  return `${document.slice(0, from)}${begin}\n\n${formatReport(report)}\n${document.slice(to)}`;
}

/** Writes docs/benchmarks.json and the tables of docs/benchmarks.md. */
export async function writeDocuments(root: string, report: Report): Promise<void> {
  const page = join(root, 'docs/benchmarks.md');
  await writeFile(join(root, 'docs/benchmarks.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(page, withTables(await readFile(page, 'utf8'), report));
}
