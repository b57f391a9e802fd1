import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with a disk of its own. */
export interface SmallDisk {
  /** Takes all that is free on it. */
  readonly fill: () => void;
  readonly free: () => void;
  readonly unmount: () => void;
}

/**
 * Mounts a disk in memory; its files take no more than they hold.
 *
 * @returns Why it cannot be done, where it cannot: only root of a Linux machine may.
 */
export function smallDisk(folder: string, megabytes: number): SmallDisk | string {
  mkdirSync(folder, { recursive: true });
  try {
    const options = `size=${String(megabytes)}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    return `no tmpfs can be mounted: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
  const ballast = join(folder, 'ballast');
  return {
    fill: () => {
      const file = openSync(ballast, 'w');
      try {
        for (const size of [1024 * 1024, 4096]) {
          while (wrote(file, size));
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' }),
  };
}

function wrote(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
