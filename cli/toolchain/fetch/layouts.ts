import type { ImageLayout } from './image.ts';
import type { ReleaseLayout } from './release.ts';

/** @see {@link https://kubernetes.io/releases/download/#binaries} */
export function kubernetes(name: string, ...systems: string[]): ReleaseLayout {
  const url = `https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/${name}`;
  return { url, checksum: `${url}.sha256`, systems };
}

/**
 * A file of a release on GitHub, for Linux and macOS.
 *
 * @param release  `<owner>/<repository>@<tag>`.
 * @param checksum The release's list of checksums; GitHub's own record of it by default.
 * @param member   Path in the archive that the file is.
 */
export function github(release: string, file: string, checksum?: string, member?: string): ReleaseLayout {
  const base = `https://github.com/${release.replace('@', '/releases/download/')}`;
  return {
    url: `${base}/${file}`,
    checksum: checksum === undefined ? 'github' : `${base}/${checksum}`,
    ...(member === undefined ? {} : { member }),
    systems: ['linux', 'darwin'],
  };
}

/** Flux publishes its controllers as images alone. */
export function flux(name: string): ImageLayout {
  return { registry: 'ghcr.io', repository: `fluxcd/${name}`, tag: 'v{version}' };
}
