import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lends a new, empty folder outside the repository, readable by its owner only, and removes it with all its content when
 * the work is over, however it ends. The path has no symbolic link in it, so that relative paths out of it hold.
 */
export async function withSideFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'platform-')));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The path without symbolic links; the path itself must exist. */
export async function resolveLinks(path: string): Promise<string> {
  return realpath(path);
}

/** Copies a folder with everything in it; links are copied as links. An absent folder is nothing to copy. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}
