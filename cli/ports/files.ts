import { constants } from 'node:fs';
import {
  access,
  chmod,
  open,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { makeFolders } from './make-folders.ts';
import { removeAbandonedSides, sideEnding } from './side-file.ts';

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** A missing file, or a missing folder on the way to it, is undefined; every other trouble throws. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => failWith(path, error));
}

export async function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => failWith(path, error));
}

/** Node opens a folder as a file, and forgets its name when it cannot read it. */
function failWith(path: string, error: unknown): never {
  throw Object.assign(error as NodeJS.ErrnoException, { path });
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** True for a folder of this user, or a link to one. */
export async function isOwnDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory() && found.uid === process.getuid?.(),
    () => false,
  );
}

/** What a link names, whether that is there or not; undefined for what is no link. */
export async function linkTarget(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

/** Makes `path` a link to `target`, which is absolute. */
export async function linkTo(target: string, path: string): Promise<void> {
  await symlink(target, path);
}

/** Size in bytes, or undefined when there is no such file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

/** When a file was last written, in milliseconds since the epoch; 0 where there is none. */
export async function writtenAt(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

/** Names in a folder, sorted; an absent folder is empty. */
export async function listNames(
  directory: string,
  kind: 'file' | 'directory' | 'any' = 'any',
): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => kind === 'any' || (kind === 'file' ? entry.isFile() : entry.isDirectory()))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Every regular file below a folder, as sorted paths relative to it, with forward slashes. Links are not followed. */
export async function listFiles(directory: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(directory, relative), { withFileTypes: true }).catch(
      (error: unknown) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      },
    );
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  await visit('');
  return found.sort();
}

/**
 * Writes a file so that a reader, or a crash at any moment, sees the old content or the new, never a part: to a file
 * beside it, flushed to disk, then renamed over it. Makes the folders on the way.
 *
 * @param mode Permissions of the result, exact whatever the umask is.
 * @throws {PlatformError} DISK_FULL, with the old file untouched and nothing left beside it.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Buffer,
  mode = 0o644,
): Promise<void> {
  await makeFolders(dirname(path));
  const side = `${path}${sideEnding()}`;
  try {
    removeAbandonedSides(dirname(path));
    const handle = await open(side, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(side, path);
  } catch (error) {
    await rm(side, { force: true });
    if (codeOf(error) === 'ENOSPC') {
      throw new PlatformError('DISK_FULL', `no space left to write ${path}`, `df -h ${dirname(path)}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Makes a folder that only its owner may enter, and the folders on the way. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await makeFolders(path, 0o700);
  await chmod(path, 0o700);
}

export async function makeDirectory(path: string): Promise<void> {
  await makeFolders(path);
}

/** Removes a file or a whole folder; absent is fine. */
export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

export async function move(from: string, to: string): Promise<void> {
  await makeFolders(dirname(to));
  await rename(from, to);
}
