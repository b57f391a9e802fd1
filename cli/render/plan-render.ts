import { join } from 'node:path';
import type { Detail } from '../errors/platform-error.ts';
import { listFiles, listNames, readTextIfThere, remove } from '../ports/files.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import type { Environment } from '../values/environment.ts';
import { listEnvironments } from '../values/load-environment.ts';
import { findEdit, handEdited } from './hand-edits.ts';
import { type RenderedFile, renderFiles } from './render-files.ts';

export interface Change {
  /** Relative to the root. */
  readonly path: string;
  readonly change: 'create' | 'update' | 'delete' | 'same';
  /** What will stand in the file; absent for `delete`. */
  readonly content?: string;
}

/**
 * What rendering would do to the files of these environments. Folders that rendering writes belong to it alone, so a file that
 * values and templates no longer give is deleted there. Where `environments` are all there are, the files of environments that
 * were removed are deleted too.
 *
 * @param options.force Overwrite and delete files that a person edited.
 * @returns Sorted by path; nothing is written.
 * @throws {PlatformError} RENDERED_FILE_EDITED with every such file and its first edited line; what `renderFiles` throws.
 */
export async function planRender(
  { root }: { readonly root: string },
  environments: readonly Environment[],
  options: { readonly force?: boolean } = {},
): Promise<Change[]> {
  const fresh = new Map<string, RenderedFile>();
  for (const environment of environments) {
    for (const file of await renderFiles({ root }, environment)) fresh.set(file.path, file);
  }
  const present = await listRendered(
    root,
    environments.map(({ name }) => name),
  );
  const changes: Change[] = [];
  const edits: Detail[] = [];
  for (const path of [...new Set([...fresh.keys(), ...present])].sort()) {
    const wanted = fresh.get(path)?.content;
    const found = await readTextIfThere(join(root, path));
    if (found !== undefined && found !== wanted) {
      const edit = findEdit(path, found, wanted);
      if (edit) edits.push(edit);
    }
    if (wanted === undefined) changes.push({ path, change: 'delete' });
    else
      changes.push({
        path,
        change: found === undefined ? 'create' : found === wanted ? 'same' : 'update',
        content: wanted,
      });
  }
  if (edits.length > 0 && !options.force) throw handEdited(edits);
  return changes;
}

/** Carries a plan out: no file is ever half-written, and folders left empty go too. */
export async function applyRender(
  { root }: { readonly root: string },
  changes: readonly Change[],
): Promise<void> {
  const written = changes.filter(({ change }) => change === 'create' || change === 'update');
  await writeFilesTogether(written.map(({ path, content = '' }) => ({ path: join(root, path), content })));
  for (const { path, change } of changes) {
    if (change !== 'delete') continue;
    await remove(join(root, path));
    const parts = path.split('/');
    for (let length = parts.length - 1; length > 1; length--) {
      const folder = join(root, ...parts.slice(0, length));
      if ((await listNames(folder)).length > 0) break;
      await remove(folder);
    }
  }
}

/** The YAML files in the folders that rendering owns, for these environments and, if these are all, for those that are gone. */
async function listRendered(root: string, names: readonly string[]): Promise<string[]> {
  const known = await listEnvironments(root);
  const all = known.every((name) => names.includes(name));
  const isOurs = (name: string): boolean => names.includes(name) || (all && !known.includes(name));
  const folders: string[] = [];
  for (const app of await listNames(join(root, 'apps'), 'directory')) {
    for (const name of await listNames(join(root, 'apps', app, 'overlays'), 'directory')) {
      if (isOurs(name)) folders.push(`apps/${app}/overlays/${name}`);
    }
  }
  for (const name of await listNames(join(root, 'clusters'), 'directory')) {
    if (isOurs(name)) folders.push(`clusters/${name}/flux`);
  }
  const files = await Promise.all(
    folders.map(async (folder) => (await listFiles(join(root, folder))).map((file) => `${folder}/${file}`)),
  );
  return files.flat().filter((file) => /\.ya?ml$/.test(file));
}
