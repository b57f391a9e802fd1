import { rmdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import lockfile from 'proper-lockfile';

export interface LockOptions {
  /** How long to wait for another holder, in milliseconds; 0 asks once. */
  readonly waitMs: number;
  /** Called once, when somebody else holds the lock and the wait begins. */
  readonly onWait?: (() => void) | undefined;
  /** The error to throw when the wait is over and somebody else still holds it. */
  readonly busy: () => Error;
}

/**
 * Runs `work` while holding a lock between processes. A process that is stopped by Ctrl-C frees it; the lock of a killed one is free within 5 s
 * (proper-lockfile: a folder whose mtime its holder refreshes).
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const release = await acquire(path, options);
  // What proper-lockfile does at the end of the process is lost where execa is loaded too: each brings a signal-exit of its
  // own, and they undo each other's hook of process.emit.
  const releaseAtExit = (): void => {
    try {
      rmdirSync(`${path}.lock`);
    } catch {
      // it is gone
    }
  };
  process.once('exit', releaseAtExit);
  try {
    return await work();
  } finally {
    process.off('exit', releaseAtExit);
    await release().catch(() => undefined); // whoever waits takes over when it goes stale
  }
}

async function acquire(path: string, { waitMs, onWait, busy }: LockOptions): Promise<() => Promise<void>> {
  const deadline = performance.now() + waitMs;
  let told = false;
  for (;;) {
    try {
      return await lockfile.lock(path, {
        realpath: false,
        stale: 5_000,
        update: 1_000,
        onCompromised: () => undefined,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (performance.now() >= deadline) throw busy();
    if (!told) onWait?.();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
