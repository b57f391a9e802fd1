import { join, relative } from 'node:path';
import { isMap, isNode, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { fluxFolder, type Build } from '../build/build.ts';
import { sourceFiles } from '../build/kustomization-file.ts';
import type { Place } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import type { KubeObject } from '../ports/kube.ts';
import type { Hit } from './finding.ts';

/** Where a hit was written, and what the file was rendered from, if it was rendered. */
export interface Origin {
  readonly place: Place;
  /** Repository-relative files to edit instead of a rendered one: `clusters/dev/values.yaml, templates/…`. */
  readonly renderedFrom: string | undefined;
}

interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
}

type Path = readonly (string | number)[];

/**
 * Finds the file and line that a hit comes from: among the files that the object's folder is built from, the one that says
 * most about the field, overlays before bases. Reads each folder once.
 *
 * @param root Absolute; places are relative to it.
 */
export function createPlaceFinder(root: string, build: Build): (hit: Hit) => Promise<Origin | undefined> {
  const folders = new Map<string, Promise<SourceFile[]>>();
  return async ({ object, kustomization, path = ['metadata', 'name'] }) => {
    if (object === undefined) return undefined;
    const folder =
      kustomization === undefined
        ? fluxFolder(build.environment)
        : build.kustomizations.find(({ name }) => name === kustomization)?.path;
    if (folder === undefined) return undefined;
    const files = folders.get(folder) ?? readFolder(root, folder);
    folders.set(folder, files);
    return search(await files, object, path);
  };
}

async function readFolder(root: string, folder: string): Promise<SourceFile[]> {
  const read = (await sourceFiles(join(root, folder))).map(async (path): Promise<SourceFile | undefined> => {
    const text = await readTextIfThere(path);
    if (text === undefined) return undefined;
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines });
    return { file: relative(root, path), text, documents: Array.isArray(documents) ? documents : [], lines };
  });
  return (await Promise.all(read)).filter((file) => file !== undefined);
}

function search(files: readonly SourceFile[], object: KubeObject, path: Path): Origin | undefined {
  let best: { source: SourceFile; document: Document.Parsed; depth: number; path: Path } | undefined;
  const image = path.at(-1) === 'image' ? imageEntry(files, object, path) : undefined;
  if (image) return image;
  for (const exact of [true, false]) {
    for (const source of files) {
      for (const document of source.documents) {
        if (!describes(document, object, exact)) continue;
        const there = existingPath(document, object, path);
        if (!best || there.length > best.depth) best = { source, document, depth: there.length, path: there };
      }
    }
    if (best) break;
  }
  if (!best) return undefined;
  const shown = best.depth === 0 ? ['metadata', 'name'] : best.path;
  return originOf(best.source, best.document, shown);
}

/** A job's name ends in a hash that only the overlay adds, so a base's name is the start of the built one. */
function describes(document: Document.Parsed, { kind, metadata }: KubeObject, exact: boolean): boolean {
  if (!isMap(document.contents) || document.get('kind') !== kind) return false;
  const name = document.getIn(['metadata', 'name']);
  return (
    name === metadata.name || (!exact && typeof name === 'string' && metadata.name.startsWith(`${name}-`))
  );
}

/** The longest start of the path that the document has. Items of lists are found by their names: a patch lists only some. */
function existingPath(document: Document.Parsed, object: KubeObject, path: Path): Path {
  const found: (string | number)[] = [];
  let built: unknown = object;
  for (const key of path) {
    built = (built as Record<string | number, unknown> | undefined)?.[key];
    const name = typeof key === 'number' ? (built as { name?: unknown } | undefined)?.name : undefined;
    const list = name === undefined ? undefined : document.getIn(found, true);
    const index = isSeq(list) ? list.items.findIndex((item) => isMap(item) && item.get('name') === name) : -1;
    const step = name !== undefined && index >= 0 ? index : key;
    if (name !== undefined && index < 0) break;
    if (!document.hasIn([...found, step])) break;
    found.push(step);
  }
  return found;
}

/** `images:` of a kustomization file decides the tag, wherever the container is written. */
function imageEntry(files: readonly SourceFile[], object: KubeObject, path: Path): Origin | undefined {
  const image = path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
    object,
  );
  const name = String(image).replace(/@.*$|:[^:/]+$/, '');
  for (const source of files) {
    for (const document of source.documents) {
      const images = isMap(document.contents) ? document.get('images') : undefined;
      const index = isSeq(images)
        ? images.items.findIndex((item) => isMap(item) && (item.get('newName') ?? item.get('name')) === name)
        : -1;
      if (index >= 0) return originOf(source, document, ['images', index]);
    }
  }
  return undefined;
}

function originOf({ file, text, lines }: SourceFile, document: Document.Parsed, path: Path): Origin {
  const node = document.getIn(path, true);
  const at = isNode(node) && node.range ? lines.linePos(node.range[0]) : undefined;
  const renderedFrom = /^# Rendered by platform from (.+?)\. Do not edit/.exec(text)?.[1];
  return { place: { file, line: at?.line, column: at?.col }, renderedFrom };
}
