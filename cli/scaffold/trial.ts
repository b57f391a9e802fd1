import { join } from 'node:path';
import { readText } from '../ports/files.ts';
import { copyFolder, withSideFolder } from '../ports/side-folder.ts';
import { writeFilesTogether } from '../ports/write-together.ts';
import { type RenderedFile, renderFiles } from '../render/render-files.ts';
import { listEnvironments, loadEnvironments, valuesFile } from '../values/load-environment.ts';
import { platformFile } from '../values/load-platform.ts';
import type { NewFile } from './new-files.ts';

/**
 * Lends a copy of what rendering reads, with these files laid over it, and removes it when the work is over: what cannot be
 * rendered fails there, and never reaches the repository.
 *
 * @param work Gets the copy's counterpart of `root`. Secrets are not in it.
 */
export async function withTrial<T>(
  root: string,
  files: readonly Pick<NewFile, 'path' | 'content'>[],
  work: (root: string) => Promise<T>,
): Promise<T> {
  return withSideFolder(async (side) => {
    for (const folder of ['templates', 'apps', 'flux-system'])
      await copyFolder(join(root, folder), join(side, folder));
    const environments = await listEnvironments(root);
    const written = await Promise.all(
      [platformFile, ...environments.map(valuesFile)].map(async (path) => ({
        path,
        content: await readText(join(root, path)),
      })),
    );
    for (const layer of [written, files]) {
      await writeFilesTogether(layer.map(({ path, content }) => ({ path: join(side, path), content })));
    }
    return work(side);
  });
}

/**
 * Everything that values and templates give.
 *
 * @param names Empty for every environment there is.
 * @throws {PlatformError} what `loadEnvironments` and `renderFiles` throw.
 */
export async function renderAll(root: string, names: readonly string[] = []): Promise<RenderedFile[]> {
  const files: RenderedFile[] = [];
  for (const environment of await loadEnvironments({ root }, names)) {
    files.push(...(await renderFiles({ root }, environment)));
  }
  return files;
}
