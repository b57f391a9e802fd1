import { randomBytes } from 'node:crypto';
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withLock } from './lock.ts';
import { makeFolders } from './make-folders.ts';
import { isRunning, ownProcess, type ProcessId } from './processes.ts';

/** How long another command may take to take a lock away, in milliseconds. */
const takeoverMs = 5_000;

/**
 * Makes a file that must not be there yet: the lock by which programs of other makers agree, too. It holds who made it, from
 * the moment it is there, so that one whose maker was killed can be told from one that is held. Makes the folders on the
 * way. Whoever made it removes it.
 *
 * @returns false when it is there already, and whoever made it may still run.
 */
export async function createExclusively(path: string): Promise<boolean> {
  await makeFolders(dirname(path));
  const side = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(side, JSON.stringify({ platform: await ownProcess() }), { flag: 'wx', mode: 0o600 });
  try {
    if (await linked(side, path)) return true;
    return (await removeAbandoned(path)) && (await linked(side, path));
  } finally {
    await unlink(side);
  }
}

/** `open` with O_EXCL, as others do it, makes an empty file first; a link has its content at once. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes a lock of ours away whose maker does not run any more. One at a time: or a second one would take away what the first
 * has made meanwhile.
 *
 * @returns Whether the way is free now.
 */
async function removeAbandoned(path: string): Promise<boolean> {
  if (!(await isAbandoned(path))) return false;
  const busy = (): Error => new Error(`${path} is being taken over by another platform command`);
  return withLock(`${path}.takeover`, { waitMs: takeoverMs, busy }, async () => {
    if (await isAbandoned(path)) await unlink(path);
    return true;
  });
}

async function isAbandoned(path: string): Promise<boolean> {
  const maker = await makerOf(path);
  return maker !== undefined && !(await isRunning(maker));
}

/** undefined for the empty lock of another program. */
async function makerOf(path: string): Promise<ProcessId | undefined> {
  try {
    const { platform } = JSON.parse(await readFile(path, 'utf8')) as { platform?: Partial<ProcessId> };
    const { pid, startTime } = platform ?? {};
    return pid !== undefined && startTime !== undefined ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}

/** Permission bits, or undefined when there is no such file. Links are followed. */
export async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
}
