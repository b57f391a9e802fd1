import { setTimeout as pause } from 'node:timers/promises';
import type { Machine, Ran } from './e2e-machine.ts';
import type { Cell, Fault, Phase } from './fault-matrix.ts';

/** How long each step took in a run that nobody disturbed, in milliseconds, by its title. */
export type StepTimes = ReadonlyMap<string, number>;

/** @param stderr Of a command that ran off a terminal to its end. */
export function stepTimes(stderr: string): StepTimes {
  const times = new Map<string, number>();
  let title = '';
  for (const line of stderr.split('\n')) {
    title = /^\[\d+\/\d+\] (.*) (…|\.\.\.)$/.exec(line)?.[1] ?? title;
    const seconds = /^ {4}(?:ok|already done) \((\d+\.\d)s\)$/.exec(line)?.[1];
    if (seconds !== undefined) times.set(title, Number(seconds) * 1000);
  }
  return times;
}

/** The undisturbed run may have been a slow one: half of its step can be more than the whole step of the next run. */
const longestPauseMs = 1_500;

/** What became of one cell: `done` when the command was over before the signal could stop it. */
export interface Outcome {
  readonly cell: Cell;
  readonly ran: Ran;
  readonly result: 'stopped' | 'done' | 'wrong';
}

/** Runs a command and stops it as the cell says. */
export async function runCell(
  machine: Machine,
  cell: Cell,
  times: StepTimes,
  args: readonly string[],
): Promise<Outcome> {
  const { phase, fault, moment } = cell;
  const { child, ended, says } = machine.start(...args);
  await says(phase.mark);
  if (moment === 'middle') await pause(Math.min((times.get(phase.title) ?? 100) / 2, longestPauseMs));
  for (const [index, signal] of fault.signals.entries()) {
    if (index > 0) await says('stopping after this step').catch(() => undefined); // over before it could answer
    child.kill(signal);
  }
  const ran = await ended;
  const stopped =
    ran.exitCode === fault.exitCode && (fault.exitCode === null || /INTERRUPTED|stopped/.test(ran.stderr));
  return { cell, ran, result: stopped ? 'stopped' : ran.exitCode === 0 ? 'done' : 'wrong' };
}

/** Phases down, signals across: how often each was stopped, and `+n` where the command was over before. */
export function matrixTable(
  command: string,
  phases: readonly Phase[],
  columns: readonly Fault[],
  outcomes: readonly Outcome[],
): string {
  const rows = phases.map(({ mark, title }) => [
    `${mark}${title}`,
    ...columns.map((fault) => {
      const here = outcomes.filter(({ cell }) => cell.phase.mark === mark && cell.fault.name === fault.name);
      const done = here.filter(({ result }) => result === 'done').length;
      return `${String(here.length - done)}${done > 0 ? `+${String(done)}` : ''}`;
    }),
  ]);
  const lines = [[command, ...columns.map(({ name }) => name)], ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index + 1]?.length ?? 0)));
  const first = Math.max(...lines.map(([name = '']) => name.length));
  return lines
    .map(([name = '', ...cells]) =>
      [name.padEnd(first), ...cells.map((cell, index) => cell.padStart(widths[index] ?? 0))].join('  '),
    )
    .join('\n');
}
