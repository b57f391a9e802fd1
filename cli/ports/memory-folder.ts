import { constants } from 'node:fs';
import { access, mkdtemp, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Linux has a file system in memory for everybody; macOS has none. */
const sharedMemory = '/dev/shm';
/** What `statfs` calls it: TMPFS_MAGIC of linux/magic.h. */
const tmpfs = 0x01021994;

/**
 * Makes a new folder in memory, 0700, of a name that nobody can guess. Not in $XDG_RUNTIME_DIR, which is gone when its user logs out.
 *
 * @param leastFree Bytes that must be free there: containers have 64 MB.
 * @returns Its absolute path; undefined where there is no such file system, or too little room in it.
 */
export async function makeMemoryFolder(
  leastFree: number,
  parent = sharedMemory,
): Promise<string | undefined> {
  try {
    const { type, bavail, bsize } = await statfs(parent);
    if (type !== tmpfs || bavail * bsize < leastFree) return undefined;
    await access(parent, constants.W_OK);
    return await mkdtemp(join(parent, 'platform-'));
  } catch {
    return undefined;
  }
}
