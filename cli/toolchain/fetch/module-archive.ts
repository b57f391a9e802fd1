import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DownloadFailure } from '../../ports/downloads/failure.ts';
import { readZip } from '../../ports/downloads/archives.ts';
import { goProxy } from './mirrors.ts';
import type { Store } from './store.ts';

/** The largest that Go itself accepts, in bytes. */
const largestModule = 500 * 1024 * 1024;

/**
 * The archive of a Go module over the module proxy protocol, compared with go.sum as Go itself does. Needs no Go.
 *
 * @param goSum Content of the go.sum that pins it.
 * @throws {DownloadFailure}
 * @see {@link https://go.dev/ref/mod#goproxy-protocol}
 */
export async function moduleArchive(
  store: Store,
  module: string,
  version: string,
  goSum: string,
): Promise<string> {
  const tag = `v${version}`;
  const expected = goSum
    .split('\n')
    .find((line) => line.startsWith(`${module} ${tag} h1:`))
    ?.split(' ')[2];
  if (expected === undefined) throw new DownloadFailure('unusable', `go.sum does not have ${module} ${tag}`);
  return store.file(`${goProxy}/${caseEncoded(module)}/@v/${caseEncoded(tag)}.zip`, {
    maxBytes: largestModule,
    verify: async (path) => {
      const found = await directoryHash(path);
      if (found !== expected) {
        throw new DownloadFailure('corrupt', `its hash is ${found}, and go.sum has ${expected}`);
      }
    },
  });
}

/** Paths on disks that do not tell upper from lower case: `!` stands before each letter that was upper. */
export function caseEncoded(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/**
 * Go's `h1:`: the sha256 of a list as sha256sum writes it, of all files sorted by name.
 *
 * @see {@link https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1}
 */
export async function directoryHash(archive: string): Promise<string> {
  const lines: { name: Buffer; line: string }[] = [];
  await readZip(archive, (name, content) => {
    if (name.includes('\n'))
      throw new DownloadFailure('unusable', 'it has a file with a line break in its name');
    const digest = createHash('sha256').update(content).digest('hex');
    lines.push({ name: Buffer.from(name), line: `${digest}  ${name}\n` });
  });
  lines.sort((a, b) => Buffer.compare(a.name, b.name));
  const list = lines.map(({ line }) => line).join('');
  return `h1:${createHash('sha256').update(list).digest('base64')}`;
}

/** The files of one folder of a module, by their names: folders in it are left out. */
export async function filesIn(
  archive: string,
  module: string,
  version: string,
  folder: string,
): Promise<Map<string, Buffer>> {
  const prefix = join(`${module}@v${version}`, folder, '/');
  const found = new Map<string, Buffer>();
  await readZip(
    archive,
    (name, content) => void found.set(name.slice(prefix.length), content),
    (name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'),
  );
  return found;
}
