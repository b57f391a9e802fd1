import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from './make-folders.ts';

/**
 * Makes an empty file that must not be there yet: the lock by which programs of other makers agree, too (O_EXCL, as
 * client-go does it). Makes the folders on the way. Whoever made it removes it.
 *
 * @returns false when it is there already.
 */
export async function createExclusively(path: string): Promise<boolean> {
  await makeFolders(dirname(path));
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Permission bits, or undefined when there is no such file. Links are followed. */
export async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
}
