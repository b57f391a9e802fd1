import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { isMap, parseDocument } from 'yaml';
import { repositoryRoot } from './repository-root.ts';
import { writeTree } from './temporary-tree.ts';

/** The apps that tests count on. A repository in use has more, and its tests must not mind. */
const shippedApps = ['trades', 'backfill', 'prediction-api'];

/**
 * A new folder with this repository's templates, bases, patches of Flux and platform.yaml, as far as they belong to the apps it is shipped with,
 * no environment, and these files laid over it.
 *
 * @param files By their paths relative to the folder; undefined removes a file or a folder.
 */
export async function copiedRepository(files: Readonly<Record<string, string | undefined>>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'platform-test-')));
  onTestFinished(async () => rm(root, { recursive: true, force: true }));
  for (const path of ['templates', 'apps', 'flux-system', 'infrastructure']) {
    await cp(join(repositoryRoot, path), join(root, path), { recursive: true, filter: isShipped });
  }
  await writeFile(join(root, 'platform.yaml'), await shippedPlatform());
  await changeTree(root, files);
  return root;
}

/** platform.yaml as it is, unless it has values of other apps. */
async function shippedPlatform(): Promise<string> {
  const text = await readFile(join(repositoryRoot, 'platform.yaml'), 'utf8');
  const platform = parseDocument(text);
  const apps = platform.getIn(['defaults', 'apps']);
  if (!isMap(apps) || apps.items.every(({ key }) => shippedApps.includes(String(key)))) return text;
  apps.items = apps.items.filter(({ key }) => shippedApps.includes(String(key)));
  return platform.toString({ lineWidth: 0 });
}

function isShipped(path: string): boolean {
  const within = relative(repositoryRoot, path);
  const app = /^(?:templates\/)?apps\/([^/]+)/.exec(within)?.[1];
  return (
    (app === undefined || shippedApps.includes(app)) &&
    !/^(apps|infrastructure\/[^/]+)\/[^/]+\/overlays/.test(within)
  );
}

/** Writes files, and removes those that are undefined. */
export async function changeTree(
  root: string,
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const written: Record<string, string> = {};
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) await rm(join(root, path), { recursive: true, force: true });
    else written[path] = content;
  }
  await writeTree(root, written);
}
