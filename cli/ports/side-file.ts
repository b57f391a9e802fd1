import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasProcess } from './processes.ts';

/** A file on its way, named by the process that writes it. */
const sideFile = /\.(\d+)-[0-9a-f]{12}\.tmp$/;

/** What ends the names of the files that are written to the side at the same time: `.<pid>-<random>.tmp`. */
export function sideEnding(): string {
  return `.${String(process.pid)}-${randomBytes(6).toString('hex')}.tmp`;
}

/** Removes what writers that were killed left in a folder. */
export function removeAbandonedSides(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = sideFile.exec(name)?.[1];
    if (pid !== undefined && !hasProcess(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}
