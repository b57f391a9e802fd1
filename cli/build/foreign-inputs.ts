import { join, posix } from 'node:path';
import { isScalar, LineCounter, parseDocument, visit, type Node, type Pair } from 'yaml';
import type { Place } from '../errors/platform-error.ts';
import { kindOf } from '../ports/folder-content.ts';
import { resolveLinks } from '../ports/side-folder.ts';
import { FolderFailure } from './folder-failure.ts';
import { findKustomizationFile, scanResources } from './kustomization-file.ts';

/** What kustomize takes for a repository or a file to fetch, where nothing here has that name. */
const remote = /^(git::|gh:|[\w+.-]+:\/\/|[\w.-]+@[\w.-]+:|github\.com[/:])/i;

/** The fields of a kustomization file that are lists of paths, and those that hold some under `path`, `files` and the like. */
const listsOfPaths = [
  'resources',
  'bases',
  'components',
  'crds',
  'configurations',
  'generators',
  'transformers',
  'validators',
  'patchesStrategicMerge',
];
const holdersOfPaths = [
  'patches',
  'patchesJson6902',
  'replacements',
  'openapi',
  'configMapGenerator',
  'secretGenerator',
];
const pathKeys = ['path', 'files', 'envs', 'env'];

/** Names in a kustomization file, with their places. */
interface Named {
  readonly path: string;
  readonly place: Place;
}

/**
 * Refuses what would be built from elsewhere. A remote base makes a cluster of something that no commit here holds, and kustomize
 * waits for the network to get it; a path out of the repository leads to files that are on this machine only, and Flux refuses it.
 *
 * @param root   Absolute.
 * @param folder Relative to the root. Folders that it names are looked at as well.
 * @throws {FolderFailure} with the place of the first such name.
 */
export async function refuseForeign(root: string, folder: string): Promise<void> {
  const top = await resolveLinks(root);
  const seen = new Set<string>();
  const queue = [posix.normalize(folder)];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (isOutside(at)) throw new FolderFailure(folder, `${at} lies outside of the repository`);
    const file = await findKustomizationFile(join(top, at));
    if (!file) {
      const entries = (await scanResources(join(top, at))).map((entry) => posix.join(at, entry));
      queue.push(...entries.filter((entry) => kindOf(join(top, entry)) === 'directory'));
      continue;
    }
    for (const { path, place } of namesIn(file.text, posix.join(at, posix.basename(file.path)))) {
      const target = path.startsWith('/') ? path : posix.join(at, path).replace(/\/$/, '');
      if (isOutside(target)) throw foreign(folder, place, `${path} leads out of the repository`);
      const kind = kindOf(join(top, target));
      if (kind === 'directory') queue.push(target);
      else if (kind === undefined && remote.test(path))
        throw foreign(folder, place, `${path} is fetched from elsewhere`);
    }
  }
}

/** Whether a path, relative to the root, leads out of it. */
function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || path.startsWith('/');
}

function foreign(folder: string, place: Place, message: string): FolderFailure {
  return new FolderFailure(
    folder,
    `${message}: what a cluster is made of has to be committed here`,
    place,
    `Copy it into the repository, and name the copy in ${place.file}, line ${String(place.line)}`,
  );
}

/** Nothing where the file cannot be read: kustomize says why. */
function namesIn(text: string, file: string): Named[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) return [];
  const names: Named[] = [];
  visit(document, {
    Scalar: (key, node, ancestors) => {
      if (key === 'key' || typeof node.value !== 'string' || node.value.includes('\n')) return;
      const keys = ancestors.filter((one): one is Pair => 'key' in one).map(keyOf);
      const [top = '', inner = top] = [keys[0], keys.at(-1)];
      if (!listsOfPaths.includes(top) && !(holdersOfPaths.includes(top) && pathKeys.includes(inner))) return;
      const { line, col } = lines.linePos((node as Node).range?.[0] ?? 0);
      const path = inner === 'files' ? node.value.replace(/^[^=]*=/, '') : node.value; // `files: [key=path]`
      names.push({ path, place: { file, line, column: col } });
    },
  });
  return names;
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}
