import { access, constants, statfs } from 'node:fs/promises';
import { arch, availableParallelism, platform } from 'node:os';
import { dirname } from 'node:path';

/** This machine as Go names it: `linux`, `amd64`. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
}

export function thisMachine(): Machine {
  const archNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return { os: platform(), arch: archNames[arch()] ?? arch() };
}

/** How many programs can run at the same time without waiting for each other. */
export function coreCount(): number {
  return availableParallelism();
}

/** The version of the Node that runs this code, e.g. `20.19.0`. */
export function nodeVersion(): string {
  return process.versions.node;
}

/** Bytes that this user may still write where `path` is, or would be: the nearest folder that exists counts. */
export async function freeBytes(path: string): Promise<number> {
  const found = await statfs(path).catch(() => undefined);
  if (found) return found.bavail * found.bsize;
  return dirname(path) === path ? 0 : freeBytes(dirname(path));
}

/** True where this user may write, or may make the folder: the nearest folder that exists counts. */
export async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return absent && dirname(path) !== path && (await isWritable(dirname(path)));
  }
}
