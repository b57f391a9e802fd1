import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One file below a folder, with all of it. */
export interface FileContent {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly bytes: Buffer;
  /** True for a symbolic link; `bytes` is empty then. */
  readonly isLink: boolean;
}

/**
 * Every file below a folder, sorted by path; links are not followed. It does not let go until it is done: thousands
 * of small files are read five times as fast as by promises. An absent folder is empty.
 *
 * @param wanted What a path must match to be read.
 */
export function readFolder(directory: string, wanted = /(?:)/): FileContent[] {
  const found: FileContent[] = [];
  const visit = (relative: string): void => {
    for (const entry of entriesOf(join(directory, relative))) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if ((entry.isFile() || entry.isSymbolicLink()) && wanted.test(path)) {
        found.push({
          path,
          isLink: entry.isSymbolicLink(),
          bytes: entry.isFile() ? read(join(directory, path)) : Buffer.alloc(0),
        });
      }
    }
  };
  visit('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** One file; links are followed. What is not there is undefined, as are pipes and devices: their end may never come. */
export function bytesOf(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  const found = statSync(path);
  return found.isFile() || found.isDirectory() ? read(path) : undefined;
}

/** Node opens a folder as a file, and forgets its name when it cannot read it. */
function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** What a path is; `link` where it is one, or where a folder on the way to it is one. */
export function kindOf(path: string): 'file' | 'directory' | 'link' | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (realpathSync(path) !== path) return 'link';
  return found.isDirectory() ? 'directory' : 'file';
}
