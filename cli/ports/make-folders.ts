import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and the folders on the way; one that is there stays as it is. Unlike `mkdir` of Node with `recursive`, which
 * tries for ever where a parent is there and still nothing can be made in it (/proc, /home under an automounter), it fails.
 *
 * @param mode Of the folders that are made, less what the umask takes.
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  if (await made(path, mode)) return;
  await makeFolders(dirname(path), mode);
  if (!(await made(path, mode))) {
    throw Object.assign(new Error(`ENOENT: no folder can be made, mkdir '${path}'`), {
      code: 'ENOENT',
      syscall: 'mkdir',
      path,
    });
  }
}

/** @returns false where its parent is not there. */
async function made(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    const entry = await lstat(path).catch(() => undefined); // once: what a second look finds may be another's newer folder
    if (entry?.isDirectory() === true) return true; // EEXIST, but also EROFS or EACCES for one that is there
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && !entry) return made(path, mode); // removed since
    const target = entry?.isSymbolicLink() === true ? await stat(path).catch(() => undefined) : undefined;
    if (target?.isDirectory() === true) return true;
    throw error;
  }
}
