import { DownloadFailure } from '../../ports/downloads/failure.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Origin } from '../origin.ts';
import type { Program } from '../programs.ts';
import type { Attempt } from './attempt.ts';
import { fetchFromImage } from './image.ts';
import { fetchRelease } from './release.ts';
import type { SourceName } from './sources.ts';
import type { Store } from './store.ts';

/**
 * Tries the sources that need no Go, one after the other.
 *
 * @param into   A folder that receives `<name>`, executable.
 * @param failed Told of each source that did not give it.
 * @returns undefined when none did. @throws {PlatformError} DISK_FULL.
 */
export async function fetchProgram(
  store: Store,
  program: Program,
  sources: readonly SourceName[],
  machine: Machine,
  into: string,
  failed: (attempt: Attempt) => void,
): Promise<Origin | undefined> {
  for (const source of sources) {
    const fetch = fetcherOf(store, program, source, machine, into);
    try {
      if (fetch !== undefined) return await fetch();
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      failed({ name: program.name, source, reason: error.message });
    }
  }
  return undefined;
}

function fetcherOf(
  store: Store,
  program: Program,
  source: SourceName,
  machine: Machine,
  into: string,
): (() => Promise<Origin>) | undefined {
  const { release, image } = program;
  if (source === 'download' && release)
    return async () => fetchRelease(store, program, release, machine, into);
  if (source === 'image' && image) return async () => fetchFromImage(store, program, image, machine, into);
  return undefined;
}

/** The origins that would be asked for these programs first: where releases, their checksums and images are published. */
export function originsOf(programs: readonly Program[], sources: readonly SourceName[]): string[] {
  const origins = programs.flatMap(({ release, image }) => [
    ...(release && sources.includes('download') ? [release.url, recordOf(release.checksum)] : []),
    ...(image && sources.includes('image') ? [`https://${image.registry}/v2/`] : []),
  ]);
  return [...new Set(origins)];
}

function recordOf(checksum: string): string {
  return checksum === 'github' ? 'https://api.github.com/' : checksum;
}
