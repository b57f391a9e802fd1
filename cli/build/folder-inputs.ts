import { posix } from 'node:path';
import { parse } from 'yaml';
import { bytesOf, kindOf, readFolder } from '../ports/folder-content.ts';
import { resolveLinks } from '../ports/side-folder.ts';
import { memoize } from '../values/memoize.ts';
import { kustomizationNames } from './kustomization-file.ts';

/** What a build reads beside the folders that are named: not files of ours, or more than this file understands. */
const beyond = ['generators', 'transformers', 'validators', 'helmCharts', 'helmGlobals', 'envs', 'env'];
const remote = /^[\w+.-]*:\/\/|^git@|^github\.com[/:]|\?ref=/;
const longestPath = 200;

/** What a kustomization file may mean by its words. */
interface Mentions {
  /** Must be files or folders here, or kustomize fetches them. */
  readonly bases: readonly string[];
  /** Any word: what happens to be a file counts as one. */
  readonly words: readonly string[];
}

/**
 * Every file that can change what kustomize builds from these folders, and more: all files in them, and all that any word in
 * their kustomization files leads to, also through other folders.
 *
 * @param folders Relative to `root`, with forward slashes.
 * @returns By path relative to `root`; undefined where that cannot be told: remote bases, links, plugins, Helm charts, values
 *   taken from the process's environment, files outside of the root, a folder that is the whole repository.
 */
export async function folderInputs(
  root: string,
  folders: readonly string[],
  mentionsIn: (text: string) => Mentions | undefined = mentions,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const top = await resolveLinks(root);
  const files = new Map<string, Buffer>();
  const seen = new Set<string>();
  const queue = folders.map((folder) => posix.normalize(folder));
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    if (folder === '.' || isOutside(folder) || kindOf(`${top}/${folder}`) !== 'directory') return undefined;
    for (const { path, bytes, isLink } of readFolder(`${top}/${folder}`)) {
      if (isLink) return undefined;
      const file = `${folder}/${path}`;
      files.set(file, bytes);
      if (!kustomizationNames.includes(posix.basename(file))) continue;
      const mentioned = mentionsIn(bytes.toString());
      if (!mentioned) return undefined;
      for (const word of [...mentioned.bases, ...mentioned.words]) {
        const target = posix.join(posix.dirname(file), word).replace(/\/$/, '');
        const kind = kindOf(`${top}/${target}`);
        if (kind === undefined && mentioned.bases.includes(word)) return undefined;
        if (kind === undefined || seen.has(target) || files.has(target)) continue;
        if (kind === 'link' || isOutside(target)) return undefined;
        if (kind === 'directory') queue.push(target);
        else files.set(target, bytesOf(`${top}/${target}`) ?? Buffer.alloc(0));
      }
    }
  }
  return files;
}

/** {@link folderInputs} that reads each kustomization text once: bases are those of many overlays. */
export function folderInputsReader(): (
  root: string,
  folders: readonly string[],
) => Promise<ReadonlyMap<string, Buffer> | undefined> {
  const read = memoize(mentions);
  return async (root, folders) => folderInputs(root, folders, read);
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || path.startsWith('/');
}

function mentions(text: string): Mentions | undefined {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined;
  const words = new Set<string>();
  if (!collect(content, words)) return undefined;
  const { resources, components, bases } = content as Record<string, unknown>;
  const strings = [resources, components, bases].flat().filter((entry) => typeof entry === 'string');
  return { bases: strings.filter((entry) => !entry.includes('\n')), words: [...words] };
}

/** @returns False where the build may read what cannot be told. */
function collect(value: unknown, words: Set<string>): boolean {
  if (typeof value === 'string') {
    if (value.includes('\n') || value.length > longestPath) return true; // a patch, a literal
    const afterKey = value.slice(value.indexOf('=') + 1); // `files: [key=path]`
    if (remote.test(value) || remote.test(afterKey)) return false;
    for (const word of [value, afterKey]) if (word !== '' && word !== '.') words.add(word);
    return true;
  }
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, child]) => !beyond.includes(key) && collect(child, words));
}
