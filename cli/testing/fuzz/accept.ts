import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '../../errors/platform-error.ts';
import { type RenderedFile, renderFiles } from '../../render/render-files.ts';
import { listApps } from '../../values/apps.ts';
import { listComponents } from '../../values/components.ts';
import { loadEnvironment, valuesFile } from '../../values/load-environment.ts';
import { writeTree } from '../temporary-tree.ts';
import type { Input } from './input.ts';

/** Longest time that values → render may take, in milliseconds, on a busy machine. */
const longestMs = 5_000;

/**
 * Gives an input to values → render, as an environment of a repository.
 *
 * @returns undefined when it was refused as it should be: by a PlatformError that names a place.
 * @throws When it was not.
 */
export async function accept(root: string, name: string, input: Input): Promise<RenderedFile[] | undefined> {
  const folders = [
    `clusters/${name}`,
    ...(await listApps(root)).map((app) => `apps/${app}/overlays/${name}`),
    ...(await listComponents(root)).flatMap((component) =>
      ['controllers', 'configs'].map((room) => `infrastructure/${room}/${component}/overlays/${name}`),
    ),
  ];
  for (const folder of folders) await rm(join(root, folder), { recursive: true, force: true });
  await writeTree(root, {
    'platform.yaml': input.platform,
    [valuesFile(name)]: input.values,
    [`clusters/${name}/secrets/kustomization.yaml`]: 'resources: []\n', // for those who switch secrets.sops on
  });
  const started = performance.now();
  try {
    const files = await renderFiles({ root }, await loadEnvironment({ root }, name));
    await writeTree(root, Object.fromEntries(files.map(({ path, content }) => [path, content])));
    return files;
  } catch (error) {
    await rm(join(root, 'clusters', name), { recursive: true, force: true });
    if (!(error instanceof PlatformError)) throw error;
    const placed = error.details.length > 0 && error.details.every(({ place }) => place?.file !== undefined);
    if (!placed) throw new Error(`refused without a place: ${error.code} ${error.message}`, { cause: error });
    return undefined;
  } finally {
    const tookMs = performance.now() - started;
    if (tookMs > longestMs) throw new Error(`values → render took ${String(Math.round(tookMs))} ms`);
  }
}
