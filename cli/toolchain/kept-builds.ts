import { join } from 'node:path';
import { keptBuilds, type KeptBuilds } from '../build/kept-builds.ts';
import { fingerprintOf } from '../ports/digest.ts';
import { once } from '../values/memoize.ts';
import { locateTool } from './locate-tool.ts';
import type { ToolchainDeps } from './resolve-program.ts';

/**
 * The builds of this machine that the kustomize in use has done before. Make one per command. Its `get` throws what `locateTool`
 * throws.
 */
export function openKeptBuilds(deps: ToolchainDeps): KeptBuilds {
  return keptBuilds(
    join(deps.locations.cache, 'build'),
    once(async () => {
      const program = await locateTool(deps, 'kustomize');
      return `${program} ${(await fingerprintOf(program)) ?? ''}`;
    }),
  );
}
