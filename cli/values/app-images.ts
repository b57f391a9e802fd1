import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Detail } from '../errors/platform-error.ts';
import { readFolder } from '../ports/folder-content.ts';
import { nearestPlace } from './check-values.ts';
import type { JsonSchema } from './schema.ts';
import { plainText } from './text.ts';
import { type MapTree, type Tree, emptyMap, entryAt, fromPlain, isNothing } from './tree.ts';

/** What the names of demo images begin with. There is no such registry: a node that lacks one cannot pull anything else by mistake. */
export const demoRegistry = 'platform.local';

/** Where the source of an app's demo lies, relative to the root. */
export function demoFolder(app: string): string {
  return `apps/${app}/demo`;
}

/** The image of an app's demo, without a tag. */
export function demoRepository(app: string): string {
  return `${demoRegistry}/${app}`;
}

/**
 * The tag of an app's demo image, which follows from its source alone: the same files have the same tag in every clone, and
 * a changed one rolls out. Hidden files (editors and desktops leave them) and line ends do not count.
 *
 * @returns `0.0.0-demo.<12 hex digits>`; undefined where the app has no demo.
 */
export function demoTag(root: string, app: string): string | undefined {
  const files = readFolder(join(root, demoFolder(app))).filter(({ path }) => !/(^|\/)\./.test(path));
  if (files.length === 0) return undefined;
  const digest = createHash('sha256');
  for (const { path, bytes } of files) {
    const text = plainText(bytes.toString('utf8'));
    digest.update(`${path}\0${String(Buffer.byteLength(text))}\0${text}`);
  }
  return `0.0.0-demo.${digest.digest('hex').slice(0, 12)}`;
}

interface ImageSources {
  /** Of a whole values.yaml. */
  readonly schema: JsonSchema;
  /** From platform.yaml. */
  readonly registry: string;
  /** As {@link demoTag}. */
  readonly demoTagOf: (app: string) => string | undefined;
  /** Named where nobody wrote anything near the app. */
  readonly file: string;
}

/**
 * The one default that no schema can hold. An image without a repository is `<registry>/<app>`; an app without an image is
 * its demo, and one that has none is a problem unless it is switched off.
 */
export function withImages(
  tree: Tree,
  { schema, registry, demoTagOf, file }: ImageSources,
): { tree: Tree; problems: Detail[] } {
  const problems: Detail[] = [];
  let result = tree;
  for (const [app, appSchema] of Object.entries(schema.properties?.['apps']?.properties ?? {})) {
    const values = entryAt(tree, ['apps', app])?.value;
    if (values?.kind !== 'map' || appSchema.properties?.['image'] === undefined) continue;
    const image = values.entries.get('image')?.value;
    if (image !== undefined && !isNothing(image)) {
      if (image.kind !== 'map' || image.entries.has('repository')) continue;
      result = replaceAt(result, ['apps', app, 'image', 'repository'], fromPlain(`${registry}/${app}`));
      continue;
    }
    if (isSwitchedOff(values)) continue;
    const tag = demoTagOf(app);
    if (tag !== undefined) {
      result = replaceAt(result, ['apps', app, 'image'], fromPlain({ repository: demoRepository(app), tag }));
    } else if (appSchema.required?.includes('image') !== true) {
      problems.push({
        place: nearestPlace(tree, ['apps', app, 'image'], file),
        message: `apps.${app}.image is missing, and there is no demo in ${demoFolder(app)} to run instead`,
        hint: `Write apps.${app}: { image: { tag: <version> } } into ${file}, or a demo into ${demoFolder(app)}: main.go, go.mod and Dockerfile`,
      });
    }
  }
  return { tree: result, problems };
}

function isSwitchedOff({ entries }: MapTree): boolean {
  const enabled = entries.get('enabled')?.value;
  return enabled?.kind === 'scalar' && enabled.value === false;
}

function replaceAt(tree: Tree, path: readonly string[], value: Tree): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (tree.kind !== 'map') return tree;
  const below = tree.entries.get(key);
  const child = replaceAt(below?.value ?? emptyMap, rest, value);
  return { ...tree, entries: new Map(tree.entries).set(key, { keyPlace: below?.keyPlace, value: child }) };
}
