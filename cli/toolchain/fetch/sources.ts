import { PlatformError } from '../../errors/platform-error.ts';
import type { DownloadSettings } from '../../ports/downloads/downloads.ts';

/** download: a release, or a module's archive · image: an official image · build: Go. */
export type SourceName = 'download' | 'image' | 'build';

const all: readonly SourceName[] = ['download', 'image', 'build'];

/**
 * Where programs that are nowhere come from, in the order to try: PLATFORM_TOOLS_SOURCES, or all three.
 *
 * @throws {PlatformError} USAGE
 */
export function sourcesFrom(settings: DownloadSettings): readonly SourceName[] {
  const text = settings.PLATFORM_TOOLS_SOURCES;
  if (text === undefined) return all;
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.find((word) => !all.includes(word as SourceName));
  if (unknown === undefined && words.length > 0) return words as SourceName[];
  throw new PlatformError(
    'USAGE',
    `PLATFORM_TOOLS_SOURCES has the word ${JSON.stringify(unknown ?? '')}; it knows ${all.join(', ')}`,
    `export PLATFORM_TOOLS_SOURCES=${all.join(',')}`,
  );
}
