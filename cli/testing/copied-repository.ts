import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { writeTree } from './temporary-tree.ts';

export const repositoryRoot = join(import.meta.dirname, '../..');

/**
 * A new folder with this repository's templates, bases and platform.yaml, no environment, and these files laid over it.
 *
 * @param files By their paths relative to the folder; undefined removes a file or a folder.
 */
export async function copiedRepository(files: Readonly<Record<string, string | undefined>>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'platform-test-')));
  onTestFinished(async () => rm(root, { recursive: true, force: true }));
  for (const path of ['templates', 'apps', 'infrastructure', 'platform.yaml']) {
    await cp(join(repositoryRoot, path), join(root, path), {
      recursive: true,
      filter: (from) => !from.startsWith(join(repositoryRoot, 'apps')) || !from.includes('/overlays'),
    });
  }
  await changeTree(root, files);
  return root;
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
