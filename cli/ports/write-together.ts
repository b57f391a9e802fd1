import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';

/**
 * Writes several files so that none is ever seen half-written, and so that a full disk leaves all of them as they were: every
 * file goes to its side first, then all are renamed. A crash between two renames leaves whole files, some old and some new.
 *
 * @param files Absolute paths and contents; the folders on the way are made.
 * @throws {PlatformError} DISK_FULL.
 */
export async function writeFilesTogether(files: readonly { path: string; content: string }[]): Promise<void> {
  const sides: { side: string; path: string }[] = [];
  try {
    for (const { path, content } of files) {
      await mkdir(dirname(path), { recursive: true });
      const side = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      sides.push({ side, path });
      const handle = await open(side, 'wx', 0o644);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    for (const { side, path } of sides) await rename(side, path);
  } catch (error) {
    for (const { side } of sides) await rm(side, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlatformError('DISK_FULL', 'no space left to write the rendered files', 'df -h .', {
      cause: error,
    });
  }
}
