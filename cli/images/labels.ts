import type { SourceState } from './source-state.ts';

/** What an image says about itself. */
export interface ImageFacts {
  readonly title: string;
  readonly description: string;
  /** An SPDX expression. */
  readonly licenses: string;
  /** undefined where the source is in no git repository. */
  readonly source: SourceState | undefined;
  /** The git remote of platform.yaml, which wins over the clone's origin. */
  readonly remote?: string | undefined;
}

/**
 * The seven labels of the OCI image specification that every image gets. `created` is when its source was committed, not
 * the time of the build, so that one source gives one image. What is not known is empty.
 *
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md}
 */
export function imageLabels({
  title,
  description,
  licenses,
  source,
  remote,
}: ImageFacts): Record<string, string> {
  const address = webAddress(remote ?? source?.origin ?? '');
  const dirty = (source?.changed.length ?? 0) > 0 ? '-dirty' : '';
  const labels = {
    revision: source === undefined ? '' : `${source.revision}${dirty}`,
    created: source?.committedAt ?? '',
    url: address,
    title,
    description,
    licenses,
    source: address,
  };
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
}

/** Where people read a repository: without a password, and empty for one that lies on somebody's disk. */
export function webAddress(remote: string): string {
  const short = /^(?:[\w.-]+@)?([\w.-]+):(?!\/)(.+)$/.exec(remote);
  const url = short?.[1] === undefined ? remote : `ssh://${short[1]}/${short[2] ?? ''}`;
  if (!/^(https?|ssh|git):/.test(url) || !URL.canParse(url)) return '';
  const { protocol, hostname, host, pathname } = new URL(url);
  const path = pathname.replace(/\/$/, '').replace(/\.git$/, '');
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${path}` : `https://${hostname}${path}`;
}
