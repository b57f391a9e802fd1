import { appendFile, copyFile, open, stat, truncate } from 'node:fs/promises';

/** Adds whole lines to a log that others may write to as well (0600). */
export async function appendLines(path: string, lines: string): Promise<void> {
  await appendFile(path, lines, { mode: 0o600 });
}

/**
 * Keeps a log below a size while its writer keeps it open: what is there goes to `<path>.1`, replacing the one before,
 * and the file is cut to nothing. Lines written in between (well under a millisecond) are lost.
 *
 * @returns true when it was cut.
 */
export async function capLog(path: string, maxBytes: number): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= maxBytes) return false;
  await copyFile(path, `${path}.1`);
  await truncate(path);
  return true;
}

/** The last lines of a text file, at most 64 KiB of it; empty when it is absent. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 64 * 1024);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    await handle.close();
  }
}
