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
/** A phase that takes this long has to be hit; how often that is tried. */
const longMs = 300;
const tries = 3;

/**
 * What became of one cell. `hit`: the command was stopped in this phase, or heard the signal in its last one and ended.
 * `missed`: the phase was over before the signal came.
 */
export interface Outcome {
  readonly cell: Cell;
  readonly ran: Ran;
  readonly result: 'hit' | 'missed' | 'wrong';
}

/**
 * Runs a command and stops it as the cell says. Where a long phase was over before, tries again, earlier each time.
 *
 * @param renew Undoes what the command has done, so that the phase has work again.
 * @throws Where a long phase could not be hit.
 */
export async function runCell(
  machine: Machine,
  cell: Cell,
  times: StepTimes,
  args: readonly string[],
  renew: () => Promise<unknown>,
): Promise<Outcome> {
  const wholeMs = times.get(cell.phase.title) ?? 0;
  let pauseMs = cell.moment === 'middle' ? Math.min(wholeMs / 2, longestPauseMs) : 0;
  for (let left = tries; left > 0; left -= 1) {
    const outcome = await stopOnce(machine, cell, pauseMs, args);
    if (outcome.result !== 'missed' || wholeMs < longMs) return outcome;
    await renew();
    pauseMs = left > 2 ? pauseMs / 4 : 0;
  }
  throw new Error(
    `${nameOf(cell)}: was over before, ${String(tries)} times, though it takes ${String(wholeMs)} ms`,
  );
}

export function nameOf({ phase, fault, moment }: Cell): string {
  return `${phase.mark}${phase.title}, ${fault.name}, ${moment}`;
}

async function stopOnce(
  machine: Machine,
  cell: Cell,
  pauseMs: number,
  args: readonly string[],
): Promise<Outcome> {
  const { phase, fault } = cell;
  const { child, ended, says } = machine.start(...args);
  await says(phase.mark);
  await pause(pauseMs);
  for (const [index, signal] of fault.signals.entries()) {
    if (index > 0) await says(heard).catch(() => undefined); // over before it could answer
    child.kill(signal);
  }
  const ran = await ended;
  const stopped =
    ran.exitCode === fault.exitCode && (fault.exitCode === null || /INTERRUPTED|stopped/.test(ran.stderr));
  const over = ran.exitCode === 0 || (ran.exitCode === null && toldItsEnd.test(ran.stderr));
  if (!stopped && !over) return { cell, ran, result: 'wrong' };
  const here = ran.stderr.match(/^\[\d+\/\d+\] /gm)?.at(-1) === phase.mark;
  return { cell, ran, result: here && (stopped || ran.stderr.includes(heard)) ? 'hit' : 'missed' };
}

/** The last thing that a command says; a signal that comes then ends a process that has nothing left to do. */
const toldItsEnd = /^next:$/m;

/** What a command says to the first signal that it can hear. */
const heard = 'stopping after this step';

/** Phases down, signals across: how often each was hit, and `+n` where it was over before; the sums below. */
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
      const missed = here.filter(({ result }) => result === 'missed').length;
      return `${String(here.length - missed)}${missed > 0 ? `+${String(missed)}` : ''}`;
    }),
  ]);
  const lines = [[command, ...columns.map(({ name }) => name)], ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index + 1]?.length ?? 0)));
  const first = Math.max(...lines.map(([name = '']) => name.length));
  const table = lines.map(([name = '', ...cells]) =>
    [name.padEnd(first), ...cells.map((cell, index) => cell.padStart(widths[index] ?? 0))].join('  '),
  );
  const count = (result: Outcome['result']): string =>
    String(outcomes.filter((outcome) => outcome.result === result).length);
  const sum = `${command}: ${String(phases.length)} phases, stopped ${String(outcomes.length)} times: ${count('hit')} hit, ${count('missed')} over before, ${count('wrong')} wrong`;
  return [...table, sum].join('\n');
}
