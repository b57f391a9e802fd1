import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bytesOf } from '../ports/folder-content.ts';
import type { KubeObject } from '../ports/kube.ts';
import { pruneFolder } from '../ports/pruned-folder.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import { folderInputsReader } from './folder-inputs.ts';

/** What is to be built. */
export interface BuildInput {
  /** Absolute. */
  readonly root: string;
  /** Relative to the root: the folder first, then components that are laid over it. */
  readonly folders: readonly string[];
  /** What else changes the result: patches of the Flux Kustomization and the like. */
  readonly overlay: object | undefined;
}

/** Builds that were done before, by what they were built from. */
export interface KeptBuilds {
  /** The kept result, or that of `build`, which is kept unless it fails. The objects are shared: do not change them. */
  readonly get: (input: BuildInput, build: () => Promise<KubeObject[]>) => Promise<KubeObject[]>;
  /** Removes old entries, if this command has added some. */
  readonly prune: () => void;
}

const limits = { ageMs: 30 * 24 * 60 * 60 * 1000, bytes: 256 * 1024 * 1024 };

/**
 * Keeps builds in a folder: one file each, named by the digest of all that the result depends on, and beginning with the digest
 * of its own content. What is damaged is built again; what cannot be written is not kept.
 *
 * @param program Names the kustomize that builds; another version gives other results. Asked for when something is built.
 */
export function keptBuilds(directory: string, program: () => Promise<string>): KeptBuilds {
  const inputsOf = folderInputsReader();
  const underway = new Map<string, Promise<KubeObject[]>>();
  let added = false;

  const buildAndKeep = async (path: string, build: () => Promise<KubeObject[]>): Promise<KubeObject[]> => {
    const objects = await build();
    const text = JSON.stringify(objects);
    added = true;
    await writeFilesTogether([{ path, content: `${digestOf([text])}\n${text}` }], { flush: false }).catch(
      () => undefined, // no space, or not ours: the build is done all the same
    );
    return objects;
  };

  return {
    get: async ({ root, folders, overlay }, build) => {
      const files = await inputsOf(root, folders).catch(() => undefined);
      if (!files) return build();
      const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
      const key = digestOf([await program(), JSON.stringify([folders, overlay ?? null]), ...sorted.flat()]);
      const path = join(directory, key);
      const kept = underway.get(key) ?? read(path);
      if (kept) return kept;
      const building = buildAndKeep(path, build).finally(() => underway.delete(key));
      underway.set(key, building);
      return building;
    },
    prune: () => {
      if (added) pruneFolder(directory, limits);
    },
  };
}

function read(path: string): KubeObject[] | undefined {
  try {
    const [sum, text = ''] = bytesOf(path)?.toString().split('\n', 2) ?? [];
    return sum === digestOf([text]) ? (JSON.parse(text) as KubeObject[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Of the parts and of where each ends. */
function digestOf(parts: readonly (string | Buffer)[]): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(`${String(Buffer.byteLength(part))}\0`).update(part);
  return digest.digest('hex');
}
