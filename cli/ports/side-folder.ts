import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProcess } from './processes.ts';

/**
 * Lends a new, empty folder outside the repository, readable by its owner only, and removes it with all its content when
 * the work is over, however it ends; after a kill -9 the next call does. The path has no symbolic link in it, so that relative paths out of it hold.
 */
export async function withSideFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await sweep();
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${prefix()}${String(process.pid)}-`)));
  const leave = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', leave); // Ctrl-C
  try {
    return await work(folder);
  } finally {
    process.off('exit', leave);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Names the host too: containers may share a folder for temporary files, and their process ids mean nothing to each other. */
function prefix(): string {
  return `platform-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}-`;
}

/** Removes what processes of this machine left behind that were killed. */
async function sweep(): Promise<void> {
  const start = prefix();
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(start) || hasProcess(Number(name.slice(start.length).split('-')[0]))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined); // somebody else's
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
