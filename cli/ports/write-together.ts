import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PlatformError } from '../errors/platform-error.ts';
import { coreCount } from './machine.ts';
import { removeAbandonedSides, sideEnding } from './side-file.ts';
import { askThread } from './threads.ts';

/** How many files are written without a look at signals: about 10 ms. */
const atOnce = 100;
/** With fewer files, a thread takes longer to start than it saves. */
const worthThread = 2_000;

/** Files to write to their sides. */
export interface SideWrites {
  /** Absolute paths and contents. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Of {@link sideEnding}. */
  readonly ending: string;
  readonly flush: boolean;
}

/**
 * Writes several files so that none is ever seen half-written, and so that a full disk leaves all of them as they were: every
 * file goes to its side first, then all are renamed. A crash between two renames leaves whole files, some old and some new;
 * what it leaves at their sides goes when one of their folder is written again.
 *
 * @param files          Absolute paths and contents; the folders on the way are made.
 * @param options.flush  Whether each file is on the disk before it is renamed, true by default. Without, a power cut within
 *   seconds may leave empty files: only for what can be made again.
 * @param options.thread The script of {@link writeSides}: thousands of files are written on two cores.
 * @throws {PlatformError} DISK_FULL.
 */
export async function writeFilesTogether(
  files: SideWrites['files'],
  { flush = true, thread }: { readonly flush?: boolean; readonly thread?: string } = {},
): Promise<void> {
  const shares = files.length < worthThread || thread === undefined || coreCount() < 2 ? 1 : 2;
  const half = Math.ceil(files.length / shares);
  const [ours, theirs] = [files.slice(0, half), files.slice(half)];
  const [ending, ofThread, again] = [sideEnding(), sideEnding(), sideEnding()];
  try {
    const helped = thread !== undefined && askWriter(thread, { files: theirs, ending: ofThread, flush });
    try {
      await writeSides({ files: ours, ending, flush });
    } finally {
      await helped; // nothing may be written any more when this ends
    }
    const done = (await helped) === true;
    if (!done) {
      removeSides(theirs, ofThread);
      await writeSides({ files: theirs, ending: again, flush }); // a thread does not say why it failed: this fails as well, or mends it
    }
    for (const { path } of ours) renameSync(`${path}${ending}`, path);
    for (const { path } of theirs) renameSync(`${path}${done ? ofThread : again}`, path);
  } catch (error) {
    removeSides(ours, ending);
    for (const one of [ofThread, again]) removeSides(theirs, one);
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlatformError('DISK_FULL', 'no space left to write the rendered files', 'df -h .', {
      cause: error,
    });
  }
}

/** Writes files to their sides, and makes the folders on the way. @throws What the file system says. */
export async function writeSides({ files, ending, flush }: SideWrites): Promise<void> {
  const folders = new Set<string>();
  for (const [index, { path, content }] of files.entries()) {
    if (index % atOnce === atOnce - 1) await setImmediate();
    makeFolder(dirname(path), folders);
    // By promises, thousands of small files would take five times as long.
    writeFileSync(`${path}${ending}`, content, { encoding: 'utf8', flag: 'wx', mode: 0o644, flush });
  }
}

/** @returns true when the thread has written all of them. */
async function askWriter(thread: string, writes: SideWrites): Promise<unknown> {
  return writes.files.length === 0 || askThread(thread, writes);
}

function removeSides(files: SideWrites['files'], ending: string): void {
  for (const { path } of files) {
    try {
      rmSync(`${path}${ending}`, { force: true });
    } catch {
      // A file stands where its folder should be: nothing was written there.
    }
  }
}

function makeFolder(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  made.add(folder);
  if (mkdirSync(folder, { recursive: true }) !== undefined) return; // it is new: nothing lies in it
  removeAbandonedSides(folder);
}
