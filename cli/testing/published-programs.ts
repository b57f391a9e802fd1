import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Program } from '../toolchain/programs.ts';
import { localProgram } from './tool-machine.ts';

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** What a small program does: says its name. */
export const scriptOf = (name: string): string => `#!/bin/sh\necho ${name}\n`;

/** Content by path; `-> target` makes a symbolic link. The same each time. */
export async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) {
    const link = /^-> (.*)$/.exec(text)?.[1];
    if (link === undefined) archive.entry({ name, mode: 0o755, mtime: new Date(0) }, text);
    else archive.entry({ name, type: 'symlink', linkname: link });
  }
  archive.finalize();
  return buffer(archive);
}

/** Programs as their projects publish them: `archived` in a .tar.gz, `plain` with GitHub's record alone, `imaged` in an image. */
export function publishedPrograms(os: string, arch: string): readonly Program[] {
  const base = 'https://github.com/example/tools/releases/download/v{version}';
  return [
    {
      ...localProgram('archived'),
      release: {
        url: `${base}/archived_{os}_{arch}.tar.gz`,
        checksum: `${base}/checksums.txt`,
        member: 'archived-{version}/archived',
        systems: [os],
      },
    },
    {
      ...localProgram('plain'),
      release: { url: `${base}/plain-{os}-${arch}`, checksum: 'github', systems: [os] },
    },
    {
      ...localProgram('imaged'),
      image: { registry: 'ghcr.io', repository: 'example/imaged', tag: 'v{version}' },
    },
  ];
}

/** Everything that {@link publishedPrograms} are downloaded from, by `<host>/<path>`. */
export async function publishedFiles(os: string, arch: string): Promise<Record<string, Buffer>> {
  const release = 'github.com/example/tools/releases/download/v1.2.3';
  const archive = gzipSync(
    await tarOf({ 'archived-1.2.3/README': 'x', 'archived-1.2.3/archived': scriptOf('archived') }),
  );
  const layer = gzipSync(await tarOf({ 'usr/local/bin/imaged': scriptOf('imaged') }));
  const manifest = JSON.stringify({ layers: [{ digest: `sha256:${sha256(layer)}`, size: layer.length }] });
  const index = JSON.stringify({
    manifests: [
      { digest: `sha256:${sha256(manifest)}`, size: manifest.length, platform: { os, architecture: arch } },
    ],
  });
  const record = {
    assets: [
      { browser_download_url: 'https://github.com/example/tools/other', digest: null },
      {
        browser_download_url: `https://${release}/plain-${os}-${arch}`,
        digest: `sha256:${sha256(scriptOf('plain'))}`,
      },
    ],
  };
  const files: Record<string, string | Buffer> = {
    [`${release}/archived_${os}_${arch}.tar.gz`]: archive,
    [`${release}/checksums.txt`]: `${'0'.repeat(64)}  other\n${sha256(archive)} *archived_${os}_${arch}.tar.gz\n`,
    [`${release}/plain-${os}-${arch}`]: scriptOf('plain'),
    'api.github.com/repos/example/tools/releases/tags/v1.2.3': JSON.stringify(record),
    'ghcr.io/v2/example/imaged/manifests/v1.2.3': index,
    [`ghcr.io/v2/example/imaged/manifests/sha256:${sha256(manifest)}`]: manifest,
    [`ghcr.io/v2/example/imaged/blobs/sha256:${sha256(layer)}`]: layer,
  };
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
}
