import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a folder of cache entries may hold. */
export interface Limits {
  /** Since an entry was written. */
  readonly ageMs: number;
  readonly bytes: number;
}

/** Removes the files of a folder that are too old, then the oldest until the rest is small enough. Nothing there is fine. */
export function pruneFolder(directory: string, { ageMs, bytes }: Limits): void {
  const now = Date.now();
  let total = 0;
  for (const { path, size, mtimeMs } of newestFirst(directory)) {
    total += size;
    if (total > bytes || now - mtimeMs > ageMs) rmSync(path, { force: true });
  }
}

function newestFirst(directory: string): { path: string; size: number; mtimeMs: number }[] {
  const files = namesIn(directory).flatMap((name) => {
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false }); // another process may be pruning, too
    return found?.isFile() ? [{ path, size: found.size, mtimeMs: found.mtimeMs }] : [];
  });
  return files.sort((a, b) => b.mtimeMs - a.mtimeMs);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
