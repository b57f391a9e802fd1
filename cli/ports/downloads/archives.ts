import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { openPromise, type Entry } from 'yauzl';
import { DownloadFailure } from './failure.ts';

/** More than any archive here holds, less than fills a disk: an archive may unpack to far more than its size. */
const largestContent = 4_000_000_000;

/** One member of a tar archive; `name` has no `./` or `/` before it. */
export interface TarMember {
  readonly name: string;
  /** file · link: hard or symbolic · other: folders and devices. */
  readonly type: 'file' | 'link' | 'other';
  readonly sizeBytes: number;
}

/**
 * Reads a tar archive, gzipped or not, once from its start to its end.
 *
 * @param onMember Gives the path that receives a member's content (mode 0755), or undefined to pass over it.
 * @throws {DownloadFailure} unusable: not an archive that can be read.
 */
export async function readTar(
  path: string,
  onMember: (member: TarMember) => string | undefined,
): Promise<void> {
  const compression = await compressionOf(path);
  if (compression === 'zstd') {
    throw new DownloadFailure('unusable', 'it is compressed with zstd, which this program does not read');
  }
  const archive = extract();
  let total = 0;
  archive.on('entry', (header, content, next) => {
    const member: TarMember = {
      name: plainName(header.name),
      type: typeOf(header),
      sizeBytes: header.size,
    };
    total += member.sizeBytes;
    const target = total > largestContent ? undefined : onMember(member);
    if (total > largestContent) next(new Error('it holds more than 4 GB'));
    else if (target === undefined) {
      content.on('end', () => next());
      content.resume();
    } else {
      pipeline(content as AsyncIterable<Uint8Array>, createWriteStream(target, { mode: 0o755 })).then(
        () => next(),
        next,
      );
    }
  });
  try {
    const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
    if (compression === 'gzip') await pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), archive);
    else await pipeline(file, archive);
  } catch (error) {
    if (error instanceof DownloadFailure || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new DownloadFailure('unusable', `it cannot be unpacked: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function plainName(name: string): string {
  return name.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
}

function typeOf({ type }: Header): TarMember['type'] {
  if (type === 'file' || type === 'contiguous-file') return 'file';
  return type === 'link' || type === 'symlink' ? 'link' : 'other';
}

async function compressionOf(path: string): Promise<'gzip' | 'zstd' | 'none'> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
    return buffer.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'none';
  } finally {
    await file.close();
  }
}

/**
 * Reads the files of a zip archive in their order, folders left out.
 *
 * @param wanted Which ones, by name; all by default.
 * @throws {DownloadFailure} unusable: not an archive that can be read.
 */
export async function readZip(
  path: string,
  onFile: (name: string, content: Buffer) => void | Promise<void>,
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  try {
    const archive = await openPromise(path, { autoClose: false });
    try {
      let total = 0;
      for await (const entry of archive.eachEntry() as AsyncIterable<Entry>) {
        if (entry.fileName.endsWith('/') || !wanted(entry.fileName)) continue;
        total += entry.uncompressedSize;
        if (total > largestContent) throw new Error('it holds more than 4 GB');
        const chunks: Buffer[] = [];
        for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
        await onFile(entry.fileName, chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      }
    } finally {
      archive.close();
    }
  } catch (error) {
    if (error instanceof DownloadFailure || (error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new DownloadFailure('unusable', `it is no zip archive: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
