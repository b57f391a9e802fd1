import { randomBytes } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from './make-folders.ts';
import { isRunning, ownProcess, type ProcessId } from './processes.ts';

export interface LockOptions {
  /** How long to wait for another holder, in milliseconds; 0 asks once. */
  readonly waitMs: number;
  /** Called once, when somebody else holds the lock and the wait begins. */
  readonly onWait?: ((holder: ProcessId) => void) | undefined;
  /** The error to throw when the wait is over and somebody else still holds it. */
  readonly busy: (holder: ProcessId) => Error;
}

const pollMs = 100;
const choosingMs = 2_000;

/**
 * Runs `work` while no other process of this machine runs work under the same path. Whoever waits goes in order of arrival.
 *
 * Lamport's bakery on a folder: everyone who wants the lock puts a ticket of its own there, a number above all that it saw,
 * and has the lock once no living process has a lower one. A ticket names its process by pid and start time, so that one
 * that was killed counts no more at once, and one that sleeps (a closed lid, SIGSTOP) keeps the lock however long it sleeps:
 * no clock and no heartbeat takes part. Nobody ever removes the ticket of a living process.
 *
 * @param path Absolute; `<path>.lock` is a folder that is there only while somebody holds the lock or waits for it.
 * @see {@link https://lamport.azurewebsites.net/pubs/bakery.pdf} A New Solution of Dijkstra's Concurrent Programming Problem
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const folder = `${path}.lock`;
  const me = { ...(await ownProcess()), nonce: randomBytes(4).toString('hex') };
  const mine: Ticket[] = [];
  const leave = (): void => {
    for (const ticket of mine) rmSync(join(folder, fileOf(ticket)), { force: true });
    removeIfEmpty(folder);
  };
  process.once('exit', leave); // Ctrl-C
  try {
    await enter(folder, me, mine);
    await waitForTurn(folder, mine, options);
    return await work();
  } finally {
    process.off('exit', leave);
    leave();
  }
}

/** `number` 0: its process is still choosing one. */
interface Ticket extends ProcessId {
  readonly number: number;
  /** One process can want the same lock twice. */
  readonly nonce: string;
}

const fileOf = ({ number, pid, startTime, nonce }: Ticket): string =>
  `${String(number)}~${String(pid)}~${Buffer.from(startTime).toString('base64url')}~${nonce}`;

async function enter(folder: string, me: Omit<Ticket, 'number'>, mine: Ticket[]): Promise<void> {
  const put = async (ticket: Ticket): Promise<void> => {
    mine.push(ticket);
    for (;;) {
      await makeFolders(folder);
      try {
        await (await open(join(folder, fileOf(ticket)), 'wx', 0o600)).close();
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // the last one to leave took the folder away
      }
    }
  };
  await put({ ...me, number: 0 });
  const highest = Math.max(...(await ticketsIn(folder)).map(({ number }) => number));
  await put({ ...me, number: highest + 1 });
  await rm(join(folder, fileOf({ ...me, number: 0 })), { force: true });
}

async function waitForTurn(
  folder: string,
  mine: readonly Ticket[],
  { waitMs, onWait, busy }: LockOptions,
): Promise<void> {
  const ticket = mine[1];
  if (!ticket) throw new Error('waits for its turn without a ticket');
  const deadline = performance.now() + waitMs;
  let told = false;
  for (;;) {
    const ahead = await firstAhead(folder, ticket);
    if (!ahead) return;
    const choosing = ahead.number === 0; // a matter of milliseconds, unless it was stopped there
    if (performance.now() >= deadline + (choosing ? choosingMs : 0)) throw busy(ahead);
    if (!told && !choosing) onWait?.(ahead);
    told ||= !choosing;
    await new Promise((resolve) => setTimeout(resolve, choosing ? 1 : pollMs));
  }
}

/** The living ticket that goes before `mine`, a chosen number before one that is being chosen. */
async function firstAhead(folder: string, mine: Ticket): Promise<Ticket | undefined> {
  const ahead = (await ticketsIn(folder)).filter(
    (other) =>
      other.nonce !== mine.nonce &&
      (other.number < mine.number || (other.number === mine.number && other.nonce < mine.nonce)),
  );
  const living: Ticket[] = [];
  for (const ticket of ahead) {
    if (await isRunning(ticket)) living.push(ticket);
    else await rm(join(folder, fileOf(ticket)), { force: true });
  }
  return living.sort((one, other) => (one.number || Infinity) - (other.number || Infinity))[0];
}

async function ticketsIn(folder: string): Promise<Ticket[]> {
  const tickets: Ticket[] = [];
  for (const name of await readdir(folder)) {
    const [number, pid, startTime, nonce] = name.split('~');
    if (nonce === undefined) continue;
    tickets.push({
      number: Number(number),
      pid: Number(pid),
      startTime: Buffer.from(startTime ?? '', 'base64url').toString(),
      nonce,
    });
  }
  return tickets;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // others wait there
  }
}
