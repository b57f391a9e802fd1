import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { DownloadFailure } from '../ports/downloads/failure.ts';
import { largestManifest, manifestTypes } from '../ports/downloads/manifest.ts';
import { readTextIfThere } from '../ports/files.ts';
import { parseName } from './image-name.ts';
import { tagOf } from './tag-policy.ts';

/** In bytes: a thousand tags of the longest kind are a tenth of it. */
const largestPage = 2 * 1024 * 1024;
/** A registry that gives ever new tags is broken. */
const mostPages = 100;

/**
 * All tags of an image in its registry, by the OCI distribution API.
 *
 * @param repository As Docker names it: `ghcr.io/example/trades`.
 * @param pageSize   How many tags to ask for at once.
 * @throws {PlatformError} IMAGE_MISSING when the registry has no such image; REGISTRY_FAILED.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-discovery}
 */
export async function listTags(
  { downloads, locations }: Pick<Deps, 'downloads' | 'locations'>,
  repository: string,
  pageSize = 1000,
): Promise<string[]> {
  const { host, path } = parseName(repository);
  const authorization = await credentials(locations.dockerConfig, host);
  const tags = new Set<string>();
  let last: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const url = new URL(`/v2/${path}/tags/list`, originOf(host));
    url.searchParams.set('n', String(pageSize));
    if (last !== undefined) url.searchParams.set('last', last);
    const text = await downloads
      .read({ url, authorization }, { maxBytes: largestPage, accept: 'application/json' })
      .catch((error: unknown) => {
        throw explained(error, repository, host);
      });
    const fresh = parseTags(text.toString(), host).filter((tag) => !tags.has(tag));
    for (const tag of fresh) tags.add(tag);
    // A page may be shorter than asked for, so only an empty one is the last; one that does not know `last` gives all again.
    if (fresh.length === 0) return [...tags];
    last = fresh.at(-1);
  }
  throw new PlatformError(
    'REGISTRY_FAILED',
    `${host} has more tags of ${repository} than can be looked through`,
    'Name the tag: platform image bump <app> <environment> <tag>',
  );
}

/**
 * Whether the registry of an image says that it has no such tag.
 *
 * @param image     `<repository>:<tag>`
 * @param timeoutMs For all of it, with the token that the registry may want.
 * @returns false also where nobody knows: it cannot be reached, wants a login, fails, or takes too long.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests}
 */
export async function registryLacks(
  { downloads, locations }: Pick<Deps, 'downloads' | 'locations'>,
  image: string,
  timeoutMs: number,
): Promise<boolean> {
  const tag = tagOf(image);
  const { host, path } = parseName(image.slice(0, -tag.length - 1));
  try {
    const authorization = await credentials(locations.dockerConfig, host);
    const url = new URL(`/v2/${path}/manifests/${tag}`, originOf(host));
    const signal = AbortSignal.timeout(timeoutMs);
    await downloads.read(
      { url, authorization },
      { maxBytes: largestManifest, accept: manifestTypes, signal },
    );
    return false;
  } catch (error) {
    return error instanceof DownloadFailure && error.status === 404;
  }
}

/** This machine's own registries speak plain HTTP, as Docker takes it; Docker Hub answers elsewhere. */
function originOf(host: string): string {
  if (host === 'docker.io') return 'https://registry-1.docker.io';
  return `${/^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host) ? 'http' : 'https'}://${host}`;
}

/** What `docker login` kept for a host, as a header; what it gave to a credential store stays there. */
async function credentials(file: string, host: string): Promise<string | undefined> {
  const keys = host === 'docker.io' ? ['https://index.docker.io/v1/'] : [host, `https://${host}`];
  try {
    const { auths = {} } = JSON.parse((await readTextIfThere(file)) ?? '{}') as {
      auths?: Readonly<Record<string, { readonly auth?: unknown } | undefined>>;
    };
    const auth = keys
      .map((key) => auths[key]?.auth)
      .find((found) => typeof found === 'string' && found !== '');
    return typeof auth === 'string' && /^[\w+/=-]+$/.test(auth) ? `Basic ${auth}` : undefined;
  } catch {
    return undefined; // unreadable for docker, too, which says so when it logs in; the text may hold a password
  }
}

function parseTags(text: string, host: string): string[] {
  try {
    const { tags } = JSON.parse(text) as { tags?: unknown };
    if (tags === null) return []; // an image whose tags were all deleted
    if (Array.isArray(tags)) return tags.filter((tag): tag is string => typeof tag === 'string');
  } catch {
    // said below
  }
  throw new PlatformError(
    'REGISTRY_FAILED',
    `${host} gives no list of tags`,
    'Check registry in platform.yaml',
  );
}

function explained(error: unknown, repository: string, host: string): unknown {
  if (!(error instanceof DownloadFailure)) return error;
  if (error.status === 404) {
    const hint = 'platform image push <app> --tag <tag>';
    return new PlatformError('IMAGE_MISSING', `${host} has no image ${repository}`, hint, { cause: error });
  }
  const hint =
    error.status === 401 || error.status === 403
      ? `docker login ${host}; where docker keeps passwords in a credential store, name the tag instead`
      : `Check that this machine reaches ${host}, or name the tag`;
  return new PlatformError(
    'REGISTRY_FAILED',
    `the tags of ${repository} cannot be read: ${error.message}`,
    hint,
    {
      cause: error,
    },
  );
}
