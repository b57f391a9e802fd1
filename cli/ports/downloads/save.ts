import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PlatformError } from '../../errors/platform-error.ts';
import { readTextIfThere, writeFileAtomically } from '../files.ts';
import { DownloadFailure, shown } from './failure.ts';
import { expectOk, get, type Answer, type GetOptions } from './http-get.ts';
import type { Transport } from './transport.ts';

export interface SaveOptions extends Pick<GetOptions, 'authorization'> {
  readonly maxBytes: number;
  /** Looks at the whole file before it gets its name; throws a DownloadFailure of kind `corrupt` to refuse it. */
  readonly verify: (path: string) => Promise<void>;
  /** Called with the bytes that came in, piece by piece. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** How often one download goes on after it was interrupted; without any progress in between only once. */
const resumeLimit = 5;
/** A body that brings less than this in `idleMs` has stalled. */
const leastBytes = 1024;

/** What the partial file is a part of: it is of use only for the same content. */
interface Partial {
  readonly url: string;
  /** What If-Range takes: a strong ETag or a date. */
  readonly validator: string | undefined;
}

/**
 * Downloads into `<path>.partial` and renames that to `path` once it was verified. What a killed or interrupted download
 * left is gone on with where the server can do that, and dropped where it cannot. One process at a time per path.
 *
 * @throws {DownloadFailure} when this address does not give the file. @throws {PlatformError} DISK_FULL.
 */
export async function save(
  transport: Transport,
  url: URL,
  path: string,
  options: SaveOptions,
): Promise<void> {
  const side = `${path}.partial`;
  await mkdir(dirname(path), { recursive: true });
  for (let fresh = false; ; fresh = true) {
    if (fresh) await rm(side, { force: true });
    const inherited = await sizeOf(side);
    await complete(transport, url, side, options);
    try {
      await options.verify(side);
      break;
    } catch (error) {
      await rm(side, { force: true });
      // the part of an earlier run may have been of something else, whatever the server says
      if (inherited === 0 || !(error instanceof DownloadFailure)) throw error;
    }
  }
  await rename(side, path);
  await rm(noteOf(side), { force: true });
}

const noteOf = (side: string): string => `${side}.json`;

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function complete(transport: Transport, url: URL, side: string, options: SaveOptions): Promise<void> {
  let idle = 0;
  for (let resumes = 0; ; resumes += 1) {
    const before = await sizeOf(side);
    try {
      await receive(transport, url, side, options);
      return;
    } catch (error) {
      if (!(error instanceof DownloadFailure) || error.kind !== 'interrupted') throw error;
      idle = (await sizeOf(side)) > before ? 0 : idle + 1;
      if (idle > 1 || resumes === resumeLimit) throw error;
    }
  }
}

/** One request, for the rest where a part is there. */
async function receive(transport: Transport, url: URL, side: string, options: SaveOptions): Promise<void> {
  const have = await resumable(side, url);
  const range =
    have === undefined ? {} : { range: `bytes=${String(have.size)}-`, 'if-range': have.validator };
  const { authorization } = options;
  const answer = expectOk(
    await get(transport, url, { headers: range, authorization }),
    url,
    have ? [206, 416] : [],
  );
  const goesOn = have !== undefined && answer.status === 206 && startsAt(answer, have.size);
  if (have !== undefined && answer.status !== 200 && !goesOn) {
    answer.body.destroy();
    await rm(side, { force: true });
    await receive(transport, url, side, options);
    return;
  }
  if (!goesOn) {
    await rm(side, { force: true });
    const note: Partial = { url: shown(url), validator: validatorOf(answer) };
    await writeFileAtomically(noteOf(side), JSON.stringify(note));
  }
  await append(transport, answer, url, side, goesOn ? have.size : 0, options);
}

async function resumable(side: string, url: URL): Promise<{ size: number; validator: string } | undefined> {
  const size = await sizeOf(side);
  if (size === 0) return undefined;
  try {
    const note = JSON.parse((await readTextIfThere(noteOf(side))) ?? '{}') as globalThis.Partial<Partial>;
    return note.url === shown(url) && note.validator !== undefined
      ? { size, validator: note.validator }
      : undefined;
  } catch {
    return undefined;
  }
}

function validatorOf({ headers }: Answer): string | undefined {
  const etag = headers['etag'];
  return etag?.startsWith('"') === true ? etag : headers['last-modified'];
}

function startsAt({ headers }: Answer, offset: number): boolean {
  return /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] === String(offset);
}

async function append(
  { timing }: Transport,
  { body, headers }: Answer,
  url: URL,
  side: string,
  offset: number,
  { maxBytes, onBytes }: SaveOptions,
): Promise<void> {
  const tooLarge = (): DownloadFailure =>
    new DownloadFailure('unusable', `${shown(url)} is larger than ${String(maxBytes)} bytes`);
  const announced = Number(headers['content-length'] ?? Number.NaN);
  if (offset + (Number.isNaN(announced) ? 0 : announced) > maxBytes) {
    body.destroy();
    throw tooLarge();
  }
  const [total, lately] = [{ bytes: offset }, { bytes: 0 }];
  const watch = setInterval(() => {
    if (lately.bytes < leastBytes) body.destroy(new Error('it stalls'));
    lately.bytes = 0;
  }, timing.idleMs);
  try {
    await pipeline(
      body,
      async function* counted(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          total.bytes += chunk.length;
          lately.bytes += chunk.length;
          if (total.bytes > maxBytes) throw tooLarge();
          onBytes?.(chunk.length);
          yield chunk;
        }
      },
      createWriteStream(side, { flags: 'a' }),
    );
  } catch (error) {
    if (error instanceof DownloadFailure) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw await diskFull(side, error);
    const reason = error instanceof Error && error.message === 'it stalls' ? 'stalls' : 'breaks off';
    throw new DownloadFailure('interrupted', `${shown(url)} ${reason} after ${String(total.bytes)} bytes`, {
      cause: error,
    });
  } finally {
    clearInterval(watch);
  }
}

async function diskFull(side: string, cause: unknown): Promise<PlatformError> {
  await rm(side, { force: true }); // others need the room more
  const free = await statfs(dirname(side)).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return new PlatformError(
    'DISK_FULL',
    `no space left to download ${side.replace(/\.partial$/, '')} (${String(Math.floor(free / 1e6))} MB free)`,
    `df -h ${dirname(side)}`,
    { cause },
  );
}
