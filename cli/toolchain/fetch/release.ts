import { basename, join } from 'node:path';
import { DownloadFailure } from '../../ports/downloads/failure.ts';
import { readTar } from '../../ports/downloads/archives.ts';
import { copyTo } from '../../ports/copy-file.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Origin } from '../origin.ts';
import { withDigest, type Store } from './store.ts';

/** How a project publishes a program; `{version}`, `{os}` and `{arch}` stand for the values. */
export interface ReleaseLayout {
  /** The program itself, or a .tar.gz that holds it. */
  readonly url: string;
  /**
   * Address of its sha256: alone, or in a list as sha256sum writes it. `github`: the project publishes none, and GitHub's
   * own record of the release is taken, which has the digest of every file since June 2025.
   */
  readonly checksum: string;
  /** Path in the archive. */
  readonly member?: string;
  readonly systems: readonly string[];
}

/** Bounds, in bytes: the largest program has 110 MB, the longest record of a release 200 KB. */
const largestProgram = 500_000_000;
const largestList = 4_000_000;

/**
 * Gets a program out of its project's release.
 *
 * @param into A folder that receives `<name>`, executable.
 * @throws {DownloadFailure}; {PlatformError} DISK_FULL.
 */
export async function fetchRelease(
  store: Store,
  program: { readonly name: string; readonly version: string },
  layout: ReleaseLayout,
  machine: Machine,
  into: string,
): Promise<Origin> {
  if (!layout.systems.includes(machine.os)) {
    throw new DownloadFailure('unusable', `no release for ${machine.os} is published`);
  }
  const fill = (text: string): string =>
    text
      .replaceAll('{version}', program.version)
      .replaceAll('{os}', machine.os)
      .replaceAll('{arch}', machine.arch);
  const url = fill(layout.url);
  const record = layout.checksum === 'github' ? githubRecord(url) : fill(layout.checksum);
  const text = (await store.read(record, { maxBytes: largestList })).toString();
  const sha256 = layout.checksum === 'github' ? githubDigest(text, url) : listedDigest(text, basename(url));
  if (sha256 === undefined)
    throw new DownloadFailure('unusable', `${record} has no sha256 of ${basename(url)}`);

  const file = await store.file(url, { maxBytes: largestProgram, verify: withDigest(sha256) });
  const target = join(into, program.name);
  if (layout.member === undefined) await copyTo(file, target, 0o755);
  else await unpack(file, fill(layout.member), target);
  return { source: 'download', from: url, digests: { file: `sha256:${sha256}` } };
}

async function unpack(archive: string, member: string, target: string): Promise<void> {
  const found = { it: false };
  await readTar(archive, ({ name, type }) => {
    if (name !== member || type !== 'file') return undefined;
    found.it = true;
    return target;
  });
  if (!found.it) throw new DownloadFailure('unusable', `${basename(archive)} has no ${member}`);
}

/** The digest of one file in a list as sha256sum writes it, or the only one there is. */
export function listedDigest(text: string, name: string): string | undefined {
  const only = /^([0-9a-f]{64})\s*$/i.exec(text)?.[1];
  if (only !== undefined) return only.toLowerCase();
  for (const line of text.split('\n')) {
    const [, digest, listed] = /^([0-9a-f]{64})\s+\*?(?:\.\/)?(\S+)\s*$/i.exec(line) ?? [];
    if (listed === name) return digest?.toLowerCase();
  }
  return undefined;
}

/** `https://github.com/<repository>/releases/download/<tag>/<file>` → the record of that release. */
function githubRecord(url: string): string {
  const [, repository, tag] =
    /^https:\/\/github\.com\/([^/]+\/[^/]+)\/releases\/download\/(.+)\/[^/]+$/.exec(url) ?? [];
  if (repository === undefined || tag === undefined) throw new TypeError(`${url} is no release on GitHub`);
  return `https://api.github.com/repos/${repository}/releases/tags/${tag}`;
}

function githubDigest(text: string, url: string): string | undefined {
  try {
    const { assets } = JSON.parse(text) as {
      assets?: { browser_download_url?: unknown; digest?: unknown }[];
    };
    const digest = assets?.find((asset) => asset.browser_download_url === url)?.digest;
    return typeof digest === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  } catch {
    return undefined;
  }
}
