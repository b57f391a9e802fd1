import { PlatformError } from '../errors/platform-error.ts';
import { readJournal } from '../lifecycle/journal.ts';
import type { Outcome } from './outcome.ts';

/**
 * What whoever looks at an environment must know of a nuke-and-rebuild that was stopped in the middle. A record of it that
 * cannot be read is told, too: it must hide nothing of what is to be seen.
 *
 * @param journal Path of the record.
 * @returns undefined where none is unfinished.
 */
export async function rebuildAdvice(
  journal: string,
  environment: string,
): Promise<Required<Pick<Outcome, 'next' | 'warnings'>> | undefined> {
  try {
    if ((await readJournal(journal)) === undefined) return undefined;
    const warning = `a nuke-and-rebuild of ${environment} is unfinished; a bootstrap would end it without comparing`;
    return { warnings: [warning], next: [`platform nuke-and-rebuild ${environment}`] };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { warnings: [`${error.message}: ${error.hint}`], next: [] };
  }
}
