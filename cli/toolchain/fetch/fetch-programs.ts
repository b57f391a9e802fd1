import { join } from 'node:path';
import type { Downloads } from '../../ports/downloads/downloads.ts';
import { remove } from '../../ports/files.ts';
import { thisMachine } from '../../ports/machine.ts';
import { cacheEntry, putIntoCache, toolCache } from '../cache.ts';
import type { Program } from '../programs.ts';
import type { ToolchainDeps } from '../resolve-program.ts';
import type { Attempt } from './attempt.ts';
import { fetchProgram, originsOf } from './fetch-program.ts';
import { mirrorsFrom, type Mirrors } from './mirrors.ts';
import { sourcesFrom } from './sources.ts';
import { createStore } from './store.ts';

export interface Fetched {
  /** What no source gave, in the order given. */
  readonly left: readonly Program[];
  /** Every source that was tried in vain, for any of them. */
  readonly attempts: readonly Attempt[];
}

/** More at once would only share the line among more. */
const atOnce = 4;

/** Where downloads lie until their program is in the cache; what a killed run left there is gone on with. */
export function downloadFolder(deps: Pick<ToolchainDeps, 'locations'>): string {
  return join(toolCache(deps.locations), '.downloads');
}

/**
 * Puts the programs that releases and images give into the cache. The caller holds the cache's lock.
 *
 * @param side An existing folder beside the cache's entries, for this call alone.
 * @throws {PlatformError} DISK_FULL; USAGE when PLATFORM_TOOLS_SOURCES or PLATFORM_TOOLS_MIRROR make no sense.
 */
export async function fetchPrograms(
  deps: ToolchainDeps & { readonly downloads: Downloads },
  programs: readonly Program[],
  say: (detail: string) => void,
  side: string,
): Promise<Fetched> {
  const { downloads, locations } = deps;
  const sources = sourcesFrom(downloads.settings);
  const mirrors = mirrorsFrom(downloads.settings);
  const folder = downloadFolder(deps);
  const warned = new Set<string>();
  const received = { bytes: 0, programs: 0 };
  const store = createStore(downloads, mirrors, {
    folder,
    keep: false,
    onBytes: (count) => {
      const before = Math.floor(received.bytes / 1e6);
      received.bytes += count;
      const mb = Math.floor(received.bytes / 1e6);
      const done = `${String(received.programs)} of ${String(programs.length)} programs`;
      if (mb > before) say(`downloading: ${done}, ${String(mb)} MB`);
    },
    onCorrupt: (reason) => {
      if (!warned.has(reason)) deps.progress?.warn(`not used: ${reason}`);
      warned.add(reason);
    },
  });

  const attempts: Attempt[] = [];
  const left = new Set(programs);
  say('asking where programs can be downloaded');
  await reachable(downloads, mirrors, originsOf(programs, sources)); // all at once, so that silence costs 3 s in all
  await inParallel(programs, atOnce, async (program) => {
    const failed = (attempt: Attempt): void => void attempts.push(attempt);
    const origin = await fetchProgram(store, program, sources, thisMachine(), side, failed);
    if (origin === undefined) return;
    await putIntoCache(cacheEntry(locations, program), join(side, program.name), program.name, origin);
    received.programs += 1;
    left.delete(program);
  });
  if (left.size === 0) await remove(folder);
  return { left: programs.filter((program) => left.has(program)), attempts };
}

/** Asks every server behind these addresses once, at the same time. @returns Those addresses that one of them may serve. */
export async function reachable(
  downloads: Downloads,
  mirrors: Mirrors,
  urls: readonly string[],
): Promise<string[]> {
  const answers = urls.map(async (url) => {
    const places = mirrors(url.replaceAll(/[{}]/g, ''));
    const origins = new Set(places.flatMap((place) => ('url' in place ? [place.url.origin] : [])));
    const reached = await Promise.all([...origins].map(downloads.reaches));
    return reached.includes(true) || places.some((place) => 'path' in place) ? [url] : [];
  });
  return (await Promise.all(answers)).flat();
}

/** Runs `work` on every item, `width` of them at a time. Stops taking new ones after a failure, and throws it. */
async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length > 0) throw failures[0];
}
