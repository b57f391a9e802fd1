import { chmod, constants, copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Copies one file so that its new name holds all of it or does not exist; shares the blocks where the file system can.
 * Makes the folders on the way.
 *
 * @param mode Permissions of the copy, whatever the umask is.
 */
export async function copyTo(from: string, to: string, mode = 0o644): Promise<void> {
  const side = `${to}.copying`;
  await mkdir(dirname(to), { recursive: true });
  try {
    await copyFile(from, side, constants.COPYFILE_FICLONE);
    await chmod(side, mode);
    await rename(side, to);
  } catch (error) {
    await rm(side, { force: true });
    throw error;
  }
}

/**
 * Gives one file a second name, so that both are one on the disk and in memory; a copy where the file system cannot.
 * The name must not be taken.
 */
export async function shareFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK' && code !== 'ENOSYS') throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
}
