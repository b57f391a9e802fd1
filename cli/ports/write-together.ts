import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PlatformError } from '../errors/platform-error.ts';
import { removeAbandonedSides, sideEnding } from './side-file.ts';

/** How many files are written without a look at signals: about 10 ms. */
const atOnce = 100;

/**
 * Writes several files so that none is ever seen half-written, and so that a full disk leaves all of them as they were: every
 * file goes to its side first, then all are renamed. A crash between two renames leaves whole files, some old and some new;
 * what it leaves at their sides goes when one of their folder is written again.
 *
 * @param files         Absolute paths and contents; the folders on the way are made.
 * @param options.flush Whether each file is on the disk before it is renamed, true by default. Without, a power cut within
 *   seconds may leave empty files: only for what can be made again.
 * @throws {PlatformError} DISK_FULL.
 */
export async function writeFilesTogether(
  files: readonly { path: string; content: string }[],
  { flush = true }: { readonly flush?: boolean } = {},
): Promise<void> {
  const sides: { side: string; path: string }[] = [];
  const folders = new Set<string>();
  const ending = sideEnding();
  try {
    for (const [index, { path, content }] of files.entries()) {
      if (index % atOnce === atOnce - 1) await setImmediate();
      makeFolder(dirname(path), folders);
      const side = `${path}${ending}`;
      sides.push({ side, path });
      // By promises, thousands of small files would take five times as long.
      writeFileSync(side, content, { encoding: 'utf8', flag: 'wx', mode: 0o644, flush });
    }
    for (const { side, path } of sides) renameSync(side, path);
  } catch (error) {
    for (const { side } of sides) rmSync(side, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlatformError('DISK_FULL', 'no space left to write the rendered files', 'df -h .', {
      cause: error,
    });
  }
}

function makeFolder(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  made.add(folder);
  if (mkdirSync(folder, { recursive: true }) !== undefined) return; // it is new: nothing lies in it
  removeAbandonedSides(folder);
}
