/** One way in which a command is stopped from outside. */
export interface Fault {
  readonly name: string;
  /** Sent one after the other; the next one when the command has answered the one before. */
  readonly signals: readonly NodeJS.Signals[];
  /** What the command ends with; null where the signal itself ends it. */
  readonly exitCode: number | null;
}

const interrupted = (...signals: NodeJS.Signals[]): Omit<Fault, 'name'> => ({ signals, exitCode: 130 });

export const faults: readonly Fault[] = [
  { name: 'SIGKILL', signals: ['SIGKILL'], exitCode: null },
  { name: 'SIGINT', ...interrupted('SIGINT') },
  { name: 'SIGTERM', ...interrupted('SIGTERM') },
  { name: 'SIGINT twice', ...interrupted('SIGINT', 'SIGINT') },
  { name: 'SIGHUP', ...interrupted('SIGHUP') },
];

/** True for `npm run test:faults`, which runs every cell; otherwise each phase is stopped once. */
export const wholeMatrix = process.env['FAULTS'] === 'whole';

/** A step of a command as the command itself names it: `[3/9]`. */
export interface Phase {
  /** What standard error says when the phase begins. */
  readonly mark: string;
  readonly title: string;
}

export type Moment = 'begun' | 'middle';

export interface Cell {
  readonly phase: Phase;
  readonly fault: Fault;
  readonly moment: Moment;
}

/** @param titles As `--dry-run --json` lists them. */
export function phasesOf(titles: readonly string[]): Phase[] {
  return titles.map((title, index) => ({ mark: `[${index + 1}/${titles.length}] `, title }));
}

/**
 * The cells in chains: each chain stops a command once in every phase, from the first to the last, so that each run gets
 * one step further than the one before and is stopped where it has work to do.
 */
export function chains(
  phases: readonly Phase[],
): { readonly name: string; readonly cells: readonly Cell[] }[] {
  if (!wholeMatrix) {
    const cells = phases.map((phase, index) => ({
      phase,
      fault: faults[index % faults.length] ?? never(),
      moment: index % 2 === 0 ? ('begun' as const) : ('middle' as const),
    }));
    return [{ name: 'each step once, with another signal each', cells }];
  }
  return faults.flatMap((fault) =>
    (['begun', 'middle'] as const).map((moment) => ({
      name: `${fault.name}, ${moment}`,
      cells: phases.map((phase) => ({ phase, fault, moment })),
    })),
  );
}

function never(): never {
  throw new Error('there are no faults');
}
