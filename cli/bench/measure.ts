import type { Bench, Goal, Row, Sample, Side } from './row.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** What a side took over all runs. */
export interface MeasuredSide {
  readonly name: string;
  readonly runs: number;
  readonly seconds?: Spread;
  readonly megabytes?: Spread;
}

/** A goal, and what came of it. */
export interface MeasuredGoal extends Goal {
  readonly value: number;
}

export interface MeasuredRow {
  readonly name: string;
  readonly title: string;
  readonly sides: readonly MeasuredSide[];
  readonly goals: readonly MeasuredGoal[];
}

/**
 * Runs the sides of a row in turns, so that whatever else the machine does hits all of them.
 *
 * @param runs In place of the row's own number.
 */
export async function measureRow(
  row: Row,
  bench: Bench,
  say: (line: string) => void,
  runs = row.runs,
): Promise<MeasuredRow> {
  const samples = new Map<Side, Sample[]>(bench.sides.map((side) => [side, []]));
  for (let round = 0; round < runs; round += 1) {
    for (const [side, taken] of samples) {
      const sample = await side.run(round);
      taken.push(sample);
      say(`${row.name} ${round + 1}/${runs}: ${side.name} ${inWords(sample)}`);
    }
  }
  const sides = [...samples].map(([{ name }, taken]) => summarise(name, taken));
  return { name: row.name, title: row.title, sides, goals: row.goals.map((goal) => judge(goal, sides)) };
}

function inWords({ seconds, megabytes }: Sample): string {
  return [
    ...(seconds === undefined ? [] : [`${seconds.toFixed(2)} s`]),
    ...(megabytes === undefined ? [] : [`${megabytes.toFixed(0)} MB`]),
  ].join(', ');
}

function summarise(name: string, samples: readonly Sample[]): MeasuredSide {
  const seconds = samples.flatMap((sample) => sample.seconds ?? []);
  const megabytes = samples.flatMap((sample) => sample.megabytes ?? []);
  return {
    name,
    runs: samples.length,
    ...(seconds.length === 0 ? {} : { seconds: spreadOf(seconds) }),
    ...(megabytes.length === 0 ? {} : { megabytes: spreadOf(megabytes) }),
  };
}

/** @throws {TypeError} when the goal names a side that the row lacks, or a number that it did not take. */
export function judge(goal: Goal, sides: readonly MeasuredSide[]): MeasuredGoal {
  const medianOf = (name: string, what: 'seconds' | 'megabytes'): number => {
    const spread = sides.find((side) => side.name === name)?.[what];
    if (!spread) throw new TypeError(`no ${what} were measured of ${name}`);
    return spread.median;
  };
  if (goal.unit === 'MB') return { ...goal, value: medianOf(goal.of, 'megabytes') };
  const seconds = medianOf(goal.of, 'seconds');
  if (goal.unit === 's') return { ...goal, value: seconds };
  if (goal.to === undefined) throw new TypeError(`the ratio of ${goal.of} has nothing to compare with`);
  return { ...goal, value: seconds / medianOf(goal.to, 'seconds') };
}
