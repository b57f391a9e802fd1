import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What is neither a file nor a folder. */
export interface Oddity {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  /** Where a symbolic link leads, as it is written there; undefined for a pipe, a socket or a device. */
  readonly leadsTo: string | undefined;
}

/**
 * Symbolic links, pipes, sockets and devices at and below some paths, in their order; links are not followed.
 *
 * @param paths Relative to `root`; what is not there, or cannot be listed, has none.
 */
export function findOddities(root: string, paths: readonly string[]): Oddity[] {
  const found: Oddity[] = [];
  const visit = (path: string, entry: Pick<Kind, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): void => {
    if (entry.isDirectory()) {
      for (const inner of listed(join(root, path))) visit(`${path}/${inner.name}`, inner);
    } else if (!entry.isFile()) {
      const leadsTo = entry.isSymbolicLink() ? readlinkSync(join(root, path)) : undefined;
      found.push({ path, leadsTo });
    }
  };
  for (const path of paths) {
    const entry = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (entry) visit(path, entry);
  }
  return found;
}

interface Kind {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function listed(folder: string): Kind[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // whoever needs its files says why they cannot be read
  }
}
