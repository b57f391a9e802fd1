import { join } from 'node:path';
import type { Detail } from '../errors/platform-error.ts';
import { listNames, remove } from '../ports/files.ts';
import { bytesOf, readFolder } from '../ports/folder-content.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import type { Environment } from '../values/environment.ts';
import { listEnvironments } from '../values/load-environment.ts';
import { findEdit, handEdited } from './hand-edits.ts';
import { type RenderedFile, renderFiles } from './render-files.ts';
import { renderSources } from './render-sources.ts';
import { overlayRooms } from './rendered-folders.ts';

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
 * @param options.force   Overwrite and delete files that a person edited.
 * @param options.settled Environments that are rendered already: their files are left out of the plan.
 * @returns Sorted by path; nothing is written.
 * @throws {PlatformError} RENDERED_FILE_EDITED with every such file and its first edited line; what `renderFiles` throws.
 */
export async function planRender(
  { root }: { readonly root: string },
  environments: readonly Environment[],
  options: { readonly force?: boolean; readonly settled?: readonly string[] } = {},
): Promise<Change[]> {
  const sources = renderSources(root);
  const files: RenderedFile[] = [];
  for (const environment of environments) files.push(...(await renderFiles({ root }, environment, sources)));
  return planFiles(
    { root },
    environments.map(({ name }) => name),
    files,
    options,
  );
}

/**
 * As {@link planRender}, of files that are rendered already.
 *
 * @param names The environments that the files belong to.
 */
export async function planFiles(
  { root }: { readonly root: string },
  names: readonly string[],
  files: readonly RenderedFile[],
  options: { readonly force?: boolean; readonly settled?: readonly string[] } = {},
): Promise<Change[]> {
  const fresh = new Map(files.map((file) => [file.path, file]));
  const { present, folders } = await readRendered(root, names, options.settled ?? []);
  const changes: Change[] = [];
  const edits: Detail[] = [];
  for (const path of [...new Set([...fresh.keys(), ...present.keys()])].sort()) {
    const wanted = fresh.get(path)?.content;
    // A checkout that writes CRLF changes no file.
    const bytes = present.get(path) ?? (folders.has(folderOf(path)) ? bytesOf(join(root, path)) : undefined);
    const found = bytes?.toString().replaceAll('\r\n', '\n');
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

/**
 * Carries a plan out: no file is ever half-written, and folders left empty go too.
 *
 * @param where.home Where the CLI lies that may take a second core for thousands of files.
 */
export async function applyRender(
  { root, home }: { readonly root: string; readonly home?: string },
  changes: readonly Change[],
): Promise<void> {
  const written = changes.filter(({ change }) => change === 'create' || change === 'update');
  await writeFilesTogether(
    written.map(({ path, content = '' }) => ({ path: join(root, path), content })),
    {
      flush: false, // 3 ms per file; what a power cut takes, rendering gives again
      ...(home === undefined ? {} : { thread: join(home, 'dist/write-thread.cjs') }),
    },
  );
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

/** The environment that a rendered file belongs to, by its path; empty for every other path. */
export function environmentOf(path: string): string {
  return (
    /^(?:apps\/[^/]+\/overlays|infrastructure\/[^/]+\/[^/]+\/overlays|clusters)\/([^/]+)\//.exec(path)?.[1] ??
    ''
  );
}

/** The folder of an environment that a rendered file lies in: one of those that `readRendered` reads. */
function folderOf(path: string): string {
  return (
    /^(?:(?:apps\/[^/]+|infrastructure\/[^/]+\/[^/]+)\/overlays\/[^/]+|clusters\/[^/]+\/(?:flux|images))(?=\/)/.exec(
      path,
    )?.[0] ?? path
  );
}

/** What an environment's rendered files are, among others in the same folders. */
export const renderedFile = /\.ya?ml$/;

/**
 * The rendered files of these environments by path; with those that are settled, if these are all, also of environments that
 * are gone.
 *
 * @returns Also the folders that they may lie in; what is in no other is not there.
 */
async function readRendered(
  root: string,
  names: readonly string[],
  settled: readonly string[],
): Promise<{ readonly present: ReadonlyMap<string, Buffer>; readonly folders: ReadonlySet<string> }> {
  const known = new Set(await listEnvironments(root));
  const asked = new Set([...names, ...settled]);
  const ours = new Set(names);
  const all = [...known].every((name) => asked.has(name));
  const isOurs = (name: string): boolean => ours.has(name) || (all && !known.has(name));
  const folders: string[] = [];
  for (const room of await overlayRooms(root)) {
    for (const name of await listNames(join(root, room, 'overlays'), 'directory')) {
      if (isOurs(name)) folders.push(`${room}/overlays/${name}`);
    }
  }
  for (const name of await listNames(join(root, 'clusters'), 'directory')) {
    if (isOurs(name)) folders.push(`clusters/${name}/flux`, `clusters/${name}/images`);
  }
  const present = new Map<string, Buffer>();
  for (const folder of folders) {
    for (const { path, bytes, isLink } of readFolder(join(root, folder), renderedFile)) {
      if (!isLink) present.set(`${folder}/${path}`, bytes);
    }
  }
  return { present, folders: new Set(folders) };
}
