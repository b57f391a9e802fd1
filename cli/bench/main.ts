import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findSlower } from './compare.ts';
import { measureRow, type MeasuredRow } from './measure.ts';
import { parseBenchOptions } from './options.ts';
import { formatReport, isReached, type Report } from './report.ts';
import { rows } from './rows.ts';
import { toolBuildCold } from './rows/tool-build.ts';
import { thisMachine } from './this-machine.ts';
import { mergeReports, writeDocuments } from './documents.ts';
import { runProgram, withWorkshop } from './workshop.ts';

await runProgram(main);

/** @returns 1 where a goal is missed (`--check`: where something got slower). */
async function main(root: string, say: (line: string) => void): Promise<number> {
  const committedFile = join(root, 'docs/benchmarks.json');
  const options = parseBenchOptions(
    process.argv.slice(2),
    rows.map(({ name }) => name),
  );
  const wanted = rows.filter(({ name }) =>
    options.only.length > 0 ? options.only.includes(name) : name !== toolBuildCold.name || options.cold,
  );
  const measured: MeasuredRow[] = [];
  let skipped = 0;
  await withWorkshop(root, async (workshop) => {
    for (const row of wanted) {
      const reason = await row.skipped?.();
      say(`— ${row.title}${reason === undefined ? '' : `: skipped, ${reason}`}`);
      if (reason !== undefined) {
        skipped += 1;
        continue;
      }
      const bench = await row.prepare(workshop);
      try {
        measured.push(await measureRow(row, bench, say, options.runs));
      } finally {
        await bench.dispose?.();
      }
    }
  });
  const report: Report = { formatVersion: 1, machine: thisMachine(), rows: measured };
  process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
  const committed = async (): Promise<Report> => JSON.parse(await readFile(committedFile, 'utf8')) as Report;
  if (options.update) {
    const whole = options.only.length === 0 && skipped === 0;
    await writeDocuments(root, whole ? report : mergeReports(await committed(), report));
  }
  if (options.check) {
    const slower = findSlower(await committed(), report);
    for (const sentence of slower) say(`✗ ${sentence}`);
    return slower.length > 0 ? 1 : 0;
  }
  return measured.every(({ goals }) => goals.every(isReached)) ? 0 : 1;
}
