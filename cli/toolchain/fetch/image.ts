import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DownloadFailure } from '../../ports/downloads/failure.ts';
import { largestManifest, manifestTypes } from '../../ports/downloads/manifest.ts';
import { readTar } from '../../ports/downloads/archives.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Origin } from '../origin.ts';
import { withDigest, type Store } from './store.ts';

/** An official image that holds a program. */
export interface ImageLayout {
  readonly registry: string;
  readonly repository: string;
  /** `{version}` stands for the version. */
  readonly tag: string;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

interface Manifest {
  readonly manifests?: readonly Descriptor[];
  readonly layers?: readonly Descriptor[];
}

/** In bytes: far more than a layer here has. */
const largestLayer = 1_000_000_000;

/**
 * Gets a program out of an image's layers over the registry API: the regular file `…bin/<name>` that a container would
 * see. Every manifest and layer is compared with its digest.
 *
 * @param into A folder that receives `<name>`, executable.
 * @throws {DownloadFailure}; {PlatformError} DISK_FULL.
 * @see {@link https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md}
 * @see {@link https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md} whiteouts
 */
export async function fetchFromImage(
  store: Store,
  program: { readonly name: string; readonly version: string },
  layout: ImageLayout,
  machine: Machine,
  into: string,
): Promise<Origin> {
  if (machine.os !== 'linux') {
    throw new DownloadFailure('unusable', `its image holds a program for linux, not for ${machine.os}`);
  }
  const base = `https://${layout.registry}/v2/${layout.repository}`;
  const tag = layout.tag.replaceAll('{version}', program.version);
  const from = `${layout.registry}/${layout.repository}:${tag}`;
  const top = await readManifest(store, `${base}/manifests/${tag}`);
  const digests: Record<string, string> = {};
  let { manifest, digest } = top;
  if (manifest.manifests !== undefined) {
    digests['index'] = digest;
    const chosen = manifest.manifests.find(
      ({ platform }) => platform?.os === machine.os && platform.architecture === machine.arch,
    );
    if (!chosen)
      throw new DownloadFailure('unusable', `${from} is not there for ${machine.os}/${machine.arch}`);
    ({ manifest, digest } = await readManifest(store, `${base}/manifests/${sha256In(chosen)}`));
  }
  digests['manifest'] = digest;
  const hidden = new Set<string>();
  for (const layer of [...(manifest.layers ?? [])].reverse()) {
    const name = sha256In(layer);
    if (layer.size > largestLayer)
      throw new DownloadFailure('unusable', `the layer ${name} of ${from} is too large`);
    const path = await store.file(`${base}/blobs/${name}`, {
      maxBytes: layer.size,
      verify: withDigest(name.slice('sha256:'.length)),
    });
    if (await unpackFrom(path, program.name, hidden, join(into, program.name)).catch(naming(from, name))) {
      return { source: 'image', from, digests: { ...digests, layer: name } };
    }
  }
  throw new DownloadFailure('unusable', `${from} has no bin/${program.name}`);
}

/** The digest as it is part of an address, so nothing but a digest may get there. */
function sha256In({ digest }: Descriptor): string {
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new DownloadFailure('unusable', 'a manifest names a digest that is no sha256');
}

async function readManifest(store: Store, url: string): Promise<{ manifest: Manifest; digest: string }> {
  const wanted = /\/manifests\/(sha256:[0-9a-f]{64})$/.exec(url)?.[1];
  const digestOf = (content: Buffer): string =>
    `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const content = await store.read(url, {
    maxBytes: largestManifest,
    accept: manifestTypes,
    verify: (bytes) => {
      if (wanted !== undefined && digestOf(bytes) !== wanted) {
        throw new DownloadFailure('corrupt', `${url}: its digest is ${digestOf(bytes)}`);
      }
    },
  });
  try {
    const manifest = JSON.parse(content.toString()) as Manifest | null;
    if (Array.isArray(manifest?.manifests) || Array.isArray(manifest?.layers)) {
      return { manifest, digest: digestOf(content) };
    }
  } catch {
    // said below
  }
  throw new DownloadFailure('unusable', `${url} is no manifest of an image`);
}

/**
 * Looks for the program in one layer, going down from the top one.
 *
 * @param hidden Paths that layers above have removed or replaced (what is in a folder: `folder/`, in all: empty); this layer's are added.
 */
async function unpackFrom(
  layer: string,
  name: string,
  hidden: Set<string>,
  target: string,
): Promise<boolean> {
  const covered = (path: string): boolean =>
    [...hidden].some((gone) => path === gone || path.startsWith(/(^|\/)$/.test(gone) ? gone : `${gone}/`));
  const [isProgram, gone] = [new RegExp(`(^|/)bin/${name}$`), new Set<string>()];
  const found = { it: false, link: false };
  await readTar(layer, ({ name: path, type }) => {
    const [, folder = '', mark] = /^(.*\/)?\.wh\.(.+)$/.exec(path) ?? [];
    if (mark !== undefined) gone.add(mark === '.wh..opq' ? folder : folder + mark);
    else if (isProgram.test(path) && !covered(path)) {
      if (type === 'file') {
        found.it = true;
        return target;
      }
      found.link ||= type === 'link';
      gone.add(path);
    }
    return undefined;
  });
  if (!found.it && found.link) throw new DownloadFailure('unusable', `bin/${name} is a link`);
  for (const path of gone) hidden.add(path);
  return found.it;
}

function naming(image: string, layer: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof DownloadFailure)) throw error;
    throw new DownloadFailure(error.kind, `the layer ${layer} of ${image}: ${error.message}`, {
      cause: error,
    });
  };
}
