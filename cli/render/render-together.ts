import { join } from 'node:path';
import type { Deps } from '../ports/deps.ts';
import { coreCount } from '../ports/machine.ts';
import { askThread } from '../ports/threads.ts';
import { loadEnvironments } from '../values/load-environment.ts';
import { type RenderedFile, renderFiles } from './render-files.ts';
import { renderSources } from './render-sources.ts';

/** What a thread is asked for. */
export interface RenderShare {
  readonly root: string;
  readonly names: readonly string[];
}

/** Fewer environments are rendered sooner than a thread has loaded what it needs. */
const worthThread = 60;
/** How many are rendered in the time that the thread takes to begin: both should end together. */
const headStart = 40;

/**
 * Loads and renders environments, many of them on two cores.
 *
 * @param names At least one.
 * @throws {PlatformError} what `loadEnvironments` and `renderFiles` throw; errors of all environments are one.
 */
export async function renderTogether(
  { root, home }: Pick<Deps, 'root' | 'home'>,
  names: readonly string[],
): Promise<RenderedFile[]> {
  if (names.length < worthThread || coreCount() < 2) return renderNamed({ root }, names);
  const count = Math.ceil((names.length + headStart) / 2);
  const ours = names.slice(0, count);
  const share: RenderShare = { root, names: names.slice(count) };
  const [first, second] = await Promise.all([
    renderNamed({ root }, ours).catch(() => undefined),
    askThread(join(home, 'dist/render-thread.cjs'), share) as Promise<RenderedFile[] | undefined>,
  ]);
  // Where one part has failed, its errors alone would hide those of the other.
  if (first === undefined) return renderNamed({ root }, names);
  return [...first, ...(second ?? (await renderNamed({ root }, share.names)))];
}

/** Loads and renders environments on this thread. */
export async function renderNamed(
  { root }: { readonly root: string },
  names: readonly string[],
): Promise<RenderedFile[]> {
  const sources = renderSources(root);
  const files: RenderedFile[] = [];
  for (const environment of await loadEnvironments({ root }, names)) {
    files.push(...(await renderFiles({ root }, environment, sources)));
  }
  return files;
}
