import type { MeasuredGoal, MeasuredRow, MeasuredSide } from './measure.ts';
import type { Spread } from './statistics.ts';

/** `docs/benchmarks.json`, and what `--json` prints. */
export interface Report {
  readonly formatVersion: 1;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly system: string;
    readonly node: string;
  };
  readonly rows: readonly MeasuredRow[];
}

/** The rows as two Markdown tables: what was to be reached, and what each side took. */
export function formatReport({ machine, rows }: Report): string {
  const { cpu, cores, memoryGb, system, node } = machine;
  return `Measured on ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}.

| what | against | reached | wanted |
| --- | --- | ---: | ---: |
${rows.flatMap(({ goals }) => goals.map(goalLine)).join('\n')}

| row | what was run | runs | median | from – to |
| --- | --- | ---: | ---: | ---: |
${rows.flatMap((row) => row.sides.flatMap((side, index) => sideLines(index === 0 ? row.title : '', side))).join('\n')}
`;
}

/** Whether a goal is reached. */
export function isReached({ value, atMost }: MeasuredGoal): boolean {
  return value <= atMost;
}

function goalLine(goal: MeasuredGoal): string {
  const against = goal.to ?? (goal.unit === 'MB' ? 'memory' : 'time');
  const reached = `${quantityOf(goal.value, goal.unit)}${isReached(goal) ? '' : ' ✗'}`;
  return `| ${goal.of} | ${against} | ${reached} | ≤ ${quantityOf(goal.atMost, goal.unit, 'short')} |`;
}

function sideLines(title: string, { name, runs, seconds, megabytes }: MeasuredSide): string[] {
  const line = (first: string, spread: Spread, unit: 's' | 'MB'): string => {
    const range = `${number(spread.min, unit)} – ${quantityOf(spread.max, unit)}`;
    return `| ${first} | ${name}${unit === 'MB' ? ', memory' : ''} | ${runs} | ${quantityOf(spread.median, unit)} | ${range} |`;
  };
  return [
    ...(seconds ? [line(title, seconds, 's')] : []),
    ...(megabytes ? [line(seconds ? '' : title, megabytes, 'MB')] : []),
  ];
}

export function quantityOf(
  value: number,
  unit: MeasuredGoal['unit'],
  length: 'short' | 'full' = 'full',
): string {
  const text = length === 'short' ? String(value) : number(value, unit);
  return unit === 'ratio' ? `${text} ×` : `${text} ${unit}`;
}

function number(value: number, unit: MeasuredGoal['unit']): string {
  return value.toFixed(
    unit === 'MB' ? 0 : unit === 's' && value >= 10 ? 1 : unit === 's' && value < 1 ? 3 : 2,
  );
}
