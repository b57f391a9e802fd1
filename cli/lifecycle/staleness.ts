import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { listFiles, writtenAt } from '../ports/files.ts';
import { overlayRooms, renderedFolders } from '../render/rendered-folders.ts';
import { valuesFile } from '../values/load-environment.ts';

/** A checkout writes values and what is rendered from them within this time, in any order. */
const checkoutMs = 2_000;

/**
 * What must be known of an environment whose rendered files are not what its values give: Flux applies what git has, so a
 * change of values alone changes nothing.
 *
 * @returns One warning, with the command that mends it; none where all is rendered.
 */
export async function staleness(
  deps: Pick<Deps, 'root' | 'home' | 'locations'>,
  environment: string,
): Promise<string[]> {
  const { findStale } = await import('../validate/find-stale.ts');
  try {
    const [stale, ...others] = (await findStale(deps, [environment])).get(environment) ?? [];
    if (!stale) return [];
    const more = others.length > 0 ? `, nor are ${others.length} more files` : '';
    return [`${stale.message}${more}: ${stale.hint}`];
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return [`what values and templates give now is not known, as ${error.message}: ${error.hint}`];
  }
}

/**
 * As {@link staleness}, for commands that are asked often: it renders only where the values file was written later than all
 * that was rendered from it.
 */
export async function likelyStaleness(
  deps: Pick<Deps, 'root' | 'home' | 'locations'>,
  environment: string,
): Promise<string[]> {
  const { root } = deps;
  const edited = await writtenAt(join(root, valuesFile(environment)));
  const rooms = await overlayRooms(root);
  const folders = renderedFolders(rooms, environment).map((folder) => join(root, folder));
  const files = await Promise.all(
    folders.map(async (folder) => (await listFiles(folder)).map((file) => join(folder, file))),
  );
  const rendered = await Promise.all(files.flat().map(writtenAt));
  return edited > Math.max(...rendered) + checkoutMs ? staleness(deps, environment) : [];
}
