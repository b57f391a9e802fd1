import { join } from 'node:path';
import { keptBuilds, type KeptBuilds } from '../build/kept-builds.ts';
import { fingerprintOf } from '../ports/digest.ts';
import { locateTool } from './locate-tool.ts';
import type { ToolchainDeps } from './resolve-program.ts';

/**
 * The builds of this machine that the kustomize in use has done before. Make one per command.
 *
 * @throws {PlatformError} what `locateTool` throws.
 */
export async function openKeptBuilds(deps: ToolchainDeps): Promise<KeptBuilds> {
  const program = await locateTool(deps, 'kustomize');
  return keptBuilds(
    join(deps.locations.cache, 'build'),
    `${program} ${(await fingerprintOf(program)) ?? ''}`,
  );
}
