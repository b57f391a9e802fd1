import { hash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Detail } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { fingerprintOfBuild } from '../ports/digest.ts';
import { readTextIfThere } from '../ports/files.ts';
import { pruneFolder } from '../ports/pruned-folder.ts';
import { writeFilesTogether } from '../ports/write-together.ts';

/**
 * Makes a check of values, or knows its answer.
 *
 * @param file Whose values these are: one answer is kept for each.
 * @param held All that the check depends on: JSON.
 */
export type Checking = (
  file: string,
  held: unknown,
  check: () => Promise<Detail[]>,
) => Promise<readonly Detail[]>;

export const checkAlways: Checking = async (_file, _held, check) => check();

/** Of all repositories on this machine; an answer takes 64 bytes. */
const limits = { ageMs: 30 * 24 * 60 * 60 * 1000, bytes: 1024 * 1024 };

/**
 * Leaves a check out where this build of this program has found the very same values right: to load and compile a schema
 * is a third of what a short command takes. Values that were wrong are checked each time, for the places of the mistakes.
 */
export function checkOnce({ root, home, locations }: Pick<Deps, 'root' | 'home' | 'locations'>): Checking {
  return async (file, held, check) => {
    const program = await fingerprintOfBuild(home);
    if (program === undefined) return check(); // runs from source, where nothing tells that the program changed
    const name = hash('sha256', `${root}\0${file}`, 'hex').slice(0, 20);
    const path = join(locations.cache, 'values', name);
    const digest = hash('sha256', JSON.stringify([program, held]), 'hex');
    if ((await readTextIfThere(path).catch(() => undefined)) === digest) return [];
    const problems = await check();
    if (problems.length === 0) {
      try {
        await writeFilesTogether([{ path, content: digest }], { flush: false });
        pruneFolder(dirname(path), limits);
      } catch {
        // a cache that cannot be written costs time only
      }
    }
    return problems;
  };
}
