import { join } from 'node:path';
import { parse } from 'yaml';
import { isDirectory, listFiles, readTextIfThere } from '../ports/files.ts';

/** The names kustomize looks for, in its order (konfig.RecognizedKustomizationFileNames). */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export interface KustomizationFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** The kustomization file of a folder, or undefined: then kustomize-controller makes one up. */
export async function findKustomizationFile(folder: string): Promise<KustomizationFile | undefined> {
  for (const name of kustomizationNames) {
    const path = join(folder, name);
    const text = await readTextIfThere(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/**
 * What kustomize-controller lists as resources for a folder without a kustomization file: every .yaml and .yml below it,
 * and each folder that has a kustomization file instead of that folder's content (fluxcd/pkg/kustomize 1.35.6, scanManifests).
 *
 * @returns Paths relative to the folder, sorted.
 */
export async function scanResources(folder: string): Promise<string[]> {
  const files = await listFiles(folder);
  const own = files
    .filter((file) => kustomizationNames.some((name) => file.endsWith(`/${name}`)))
    .map((file) => file.slice(0, file.lastIndexOf('/')));
  const outermost = own.filter((inner) => !own.some((outer) => inner.startsWith(`${outer}/`)));
  const loose = files.filter(
    (file) => /\.ya?ml$/.test(file) && !outermost.some((inner) => file.startsWith(`${inner}/`)),
  );
  return [...outermost, ...loose].sort();
}

/**
 * Every YAML file that a folder is built from, followed through resources, components and patch files; the folder's own
 * files come before those of its bases, so that the first file that says something is the one that decides it.
 *
 * @param folder Absolute. An unreadable kustomization file counts as one that lists nothing: kustomize reports it.
 * @returns Absolute paths, without repetition. Remote bases are left out.
 */
export async function sourceFiles(folder: string, seen: ReadonlySet<string> = new Set()): Promise<string[]> {
  if (seen.has(folder)) return [];
  const file = await findKustomizationFile(folder);
  const listed = file ? mentioned(file.text) : await scanResources(folder);
  const files: string[] = file ? [file.path] : [];
  const folders: string[] = [];
  for (const entry of listed) {
    const path = join(folder, entry);
    if (await isDirectory(path)) folders.push(path);
    else files.push(path);
  }
  for (const inner of folders) files.push(...(await sourceFiles(inner, new Set([...seen, folder]))));
  return [...new Set(files)];
}

function mentioned(text: string): string[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return [];
  }
  if (typeof content !== 'object' || content === null) return [];
  const { resources, components, patches } = content as Record<string, unknown>;
  const strings = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
  const patchFiles = Array.isArray(patches)
    ? patches.map((patch) => (patch as { path?: unknown } | null)?.path)
    : [];
  return [...strings(patchFiles), ...strings(resources), ...strings(components)].filter(
    (entry) => !entry.includes('://'),
  );
}
