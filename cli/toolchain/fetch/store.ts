import { join } from 'node:path';
import { sha256OfFile } from '../../ports/digest.ts';
import type { Downloads } from '../../ports/downloads/downloads.ts';
import { DownloadFailure, shown } from '../../ports/downloads/failure.ts';
import { copyTo } from '../../ports/copy-file.ts';
import { exists, readBytes, sizeOf, writeFileAtomically } from '../../ports/files.ts';
import type { Mirrors, Place } from './mirrors.ts';

/** Gets what upstream publishes, by its address there, from the first place that has it. */
export interface Store {
  /**
   * A small file: a list of checksums, a manifest.
   *
   * @throws {DownloadFailure} the last place's, when no place gives it.
   */
  readonly read: (
    url: string,
    options: { maxBytes: number; accept?: string; verify?: Verify },
  ) => Promise<Buffer>;
  /**
   * @returns The absolute path of a file that `verify` accepts. @throws {DownloadFailure}; {PlatformError} DISK_FULL.
   */
  readonly file: (url: string, options: FileOptions) => Promise<string>;
}

/** Throws a DownloadFailure of kind `corrupt`, saying what was expected. */
type Verify = (content: Buffer) => void;

export interface FileOptions {
  readonly maxBytes: number;
  readonly verify: (path: string) => Promise<void>;
}

export interface StoreOptions {
  /** Receives `<host>/<path>`. */
  readonly folder: string;
  /** True to fill a mirror: then small files and those of another folder are put there, too. */
  readonly keep: boolean;
  readonly onBytes?: (count: number) => void;
  /** Told of each place that had a file with another content than was announced. */
  readonly onCorrupt?: (reason: string) => void;
}

export function createStore(downloads: Downloads, mirrors: Mirrors, options: StoreOptions): Store {
  const { folder, keep, onBytes, onCorrupt } = options;
  const pathOf = (url: string): string => {
    const { host, pathname } = new URL(url);
    return join(folder, host.replace(':', '_'), decodeURIComponent(pathname));
  };

  const first = async <T>(url: string, ask: (place: Place) => Promise<T>): Promise<T> => {
    let last = new DownloadFailure('unusable', `no place is named that could have ${shown(new URL(url))}`);
    for (const place of mirrors(url)) {
      try {
        return await ask(place);
      } catch (error) {
        if (!(error instanceof DownloadFailure)) throw error;
        if (error.kind === 'corrupt') onCorrupt?.(error.message);
        last = error;
      }
    }
    throw last;
  };

  return {
    read: async (url, { verify, ...limits }) =>
      first(url, async (place) => {
        const content = await readPlace(downloads, place, limits);
        verify?.(content);
        if (keep) await writeFileAtomically(pathOf(url), content);
        return content;
      }),
    file: async (url, { maxBytes, verify }) =>
      first(url, async (place) => {
        const path = pathOf(url);
        const verifyHere = async (file: string): Promise<void> => verify(file).catch(naming(place));
        if (await isThere(path, verify)) return path;
        if ('url' in place) {
          const more = onBytes === undefined ? {} : { onBytes };
          await downloads.save(place, path, { maxBytes, verify: verifyHere, ...more });
          return path;
        }
        if (!(await exists(place.path))) throw absent(place.path);
        await verifyHere(place.path);
        if (!keep) return place.path;
        await copyTo(place.path, path);
        return path;
      }),
  };
}

/** Of an earlier run that was stopped before it could use it, or of a mirror that is being completed. */
async function isThere(path: string, verify: FileOptions['verify']): Promise<boolean> {
  if (!(await exists(path))) return false;
  return verify(path).then(
    () => true,
    () => false,
  );
}

function absent(path: string): DownloadFailure {
  return new DownloadFailure('status', `${path} is not there`);
}

async function readPlace(
  downloads: Downloads,
  place: Place,
  limits: { maxBytes: number; accept?: string },
): Promise<Buffer> {
  if ('url' in place) return downloads.read(place, limits);
  const size = await sizeOf(place.path);
  if (size === undefined) throw absent(place.path);
  if (size > limits.maxBytes) throw new DownloadFailure('unusable', `${place.path} is too large`);
  return readBytes(place.path);
}

function naming(place: Place): (error: unknown) => never {
  const where = 'url' in place ? shown(place.url) : place.path;
  return (error) => {
    if (!(error instanceof DownloadFailure)) throw error;
    throw new DownloadFailure(error.kind, `${where}: ${error.message}`, { cause: error });
  };
}

/** Accepts a file with that sha256 only. */
export function withDigest(expected: string): FileOptions['verify'] {
  return async (path) => {
    const found = await sha256OfFile(path);
    if (found !== expected) {
      throw new DownloadFailure('corrupt', `its sha256 is ${found}, and ${expected} was announced`);
    }
  };
}
