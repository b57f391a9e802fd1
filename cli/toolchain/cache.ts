import { join } from 'node:path';
import { fingerprintOf, sha256OfFile } from '../ports/digest.ts';
import { move, readTextIfThere, remove, writeFileAtomically } from '../ports/files.ts';
import type { Locations } from '../ports/locations.ts';
import { thisMachine } from '../ports/machine.ts';
import { writeOrigin, type Origin } from './origin.ts';
import type { Program } from './programs.ts';

/** Where the cache keeps one program: `<cache>/tools/<name>/<version>-<os>-<arch>/`. All paths are absolute. */
export interface CacheEntry {
  readonly program: string;
  /** In sha256sum's format. Written last: without it there is no entry. */
  readonly digest: string;
  /** The fingerprint of the file when its digest was last checked. */
  readonly stamp: string;
  /** How it came to be there; see {@link Origin}. */
  readonly origin: string;
}

/** good: the file that was put there · corrupt: another one, or none · absent: nothing was put there. */
export type CacheState = 'good' | 'corrupt' | 'absent';

export function toolCache(locations: Pick<Locations, 'cache'>): string {
  return join(locations.cache, 'tools');
}

export function cacheEntry(
  locations: Pick<Locations, 'cache'>,
  { name, version }: Pick<Program, 'name' | 'version'>,
): CacheEntry {
  const { os, arch } = thisMachine();
  const program = join(toolCache(locations), name, `${version}-${os}-${arch}`, name);
  return {
    program,
    digest: `${program}.sha256`,
    stamp: `${program}.verified`,
    origin: `${program}.origin.json`,
  };
}

/**
 * Compares a cached program with the digest that was recorded when it was put there.
 *
 * @param how `full` reads the whole file, always. `unless-unchanged` does so only when the file was touched since it was
 *   last read whole: reading costs up to 130 ms a program, which commands that run in less cannot afford.
 */
export async function checkEntry(entry: CacheEntry, how: 'full' | 'unless-unchanged'): Promise<CacheState> {
  const recorded = (await readTextIfThere(entry.digest))?.split(' ')[0];
  if (recorded === undefined) return 'absent';
  const fingerprint = await fingerprintOf(entry.program);
  if (fingerprint === undefined) return 'corrupt';
  const stamp = (await readTextIfThere(entry.stamp))?.trim();
  const expected = `${recorded} ${fingerprint}`;
  if (how === 'unless-unchanged' && stamp === expected) return 'good';
  if ((await sha256OfFile(entry.program)) !== recorded) return 'corrupt';
  // the cache may be read-only, e.g. baked into an image: then every check reads the file
  if (stamp !== expected) await writeFileAtomically(entry.stamp, `${expected}\n`).catch(() => undefined);
  return 'good';
}

/** Moves a program in; it counts only once its digest is there, so a crash leaves no entry. */
export async function putIntoCache(
  entry: CacheEntry,
  made: string,
  name: string,
  origin: Origin,
): Promise<void> {
  const digest = await sha256OfFile(made);
  await remove(entry.digest);
  await move(made, entry.program);
  await writeOrigin(entry.origin, origin);
  await writeFileAtomically(entry.stamp, `${digest} ${(await fingerprintOf(entry.program)) ?? ''}\n`);
  await writeFileAtomically(entry.digest, `${digest}  ${name}\n`);
}
