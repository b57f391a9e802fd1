import { quantityOf, type Report } from './report.ts';

/** How much slower than the committed table a phase may get. */
export const tolerance = 1.3;

/**
 * What got slower: ratios against the ratios of an earlier report, so that a slower machine does not count, and memory.
 * Times in seconds are not compared, and neither is what only one of the reports has.
 *
 * @returns One sentence each.
 */
export function findSlower(before: Report, now: Report): string[] {
  return now.rows.flatMap((row) => {
    const old = before.rows.find(({ name }) => name === row.name);
    return row.goals.flatMap((goal) => {
      const was = old?.goals.find(
        ({ of, to, unit }) => of === goal.of && to === goal.to && unit === goal.unit,
      );
      if (!was || goal.unit === 's' || goal.value <= was.value * tolerance) return [];
      const percent = Math.round((goal.value / was.value - 1) * 100);
      const [is, earlier] = [quantityOf(goal.value, goal.unit), quantityOf(was.value, was.unit)];
      return [`${row.name}: ${goal.of} takes ${is}, ${percent} % more than the committed ${earlier}`];
    });
  });
}
