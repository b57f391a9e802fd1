import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere, remove, writeFileAtomically } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import type { InventorySnapshot } from './inventory/snapshot.ts';

/** What an unfinished rebuild has to remember when it is killed: written before anything is destroyed. */
export interface Journal {
  readonly formatVersion: 1;
  readonly operation: 'nuke-and-rebuild';
  /** ISO 8601. */
  readonly startedAt: string;
  /** The commit to rebuild from: the one that was applied, not the newest. */
  readonly commit: string;
  readonly before: InventorySnapshot;
  /** `destroying` until the cluster is gone, then `rebuilding`. */
  readonly phase: 'destroying' | 'rebuilding';
}

/**
 * @returns undefined when no operation is unfinished.
 * @throws {PlatformError} STATE_UNREADABLE
 */
export async function readJournal(path: string): Promise<Journal | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  let journal: Partial<Journal> | null;
  try {
    journal = JSON.parse(text) as Partial<Journal> | null;
  } catch (error) {
    throw unreadable(path, 'is damaged', error);
  }
  if (Number(journal?.formatVersion) > 1) {
    throw unreadable(path, 'was written by a newer version of this program');
  }
  if (journal?.formatVersion !== 1 || journal.before === undefined || typeof journal.commit !== 'string') {
    throw unreadable(path, 'is damaged');
  }
  return journal as Journal;
}

function unreadable(path: string, what: string, cause?: unknown): PlatformError {
  return new PlatformError(
    'STATE_UNREADABLE',
    `the record of an unfinished nuke-and-rebuild, ${path}, ${what}`,
    `Read it, move it away, then run the command again: mv ${quote(path)} ${quote(`${path}.broken`)}`,
    { cause },
  );
}

export async function writeJournal(path: string, journal: Journal): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(journal, null, 2)}\n`, 0o600);
}

export async function clearJournal(path: string): Promise<void> {
  await remove(path);
}
