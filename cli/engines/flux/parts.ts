import type { KubeObject } from '../../ports/kube.ts';
import { withSideFolder } from '../../ports/side-folder.ts';
import type { EngineDeps } from '../engine.ts';
import { composeFlux, type FluxValues } from './compose.ts';

/** All that Flux consists of where its controllers are pods. */
export interface FluxParts {
  /** From composeFlux. */
  readonly objects: readonly KubeObject[];
  /** Folder of the CustomResourceDefinitions: absolute. */
  readonly crds: string;
}

/**
 * Flux at the pins, with the patches of this repository and the images that values name.
 *
 * @throws {PlatformError} BUILD_FAILED where the patches do not fit; what the toolchain throws.
 */
export async function fluxParts(deps: EngineDeps, flux: FluxValues): Promise<FluxParts> {
  const { assetDirectory } = await import('../../toolchain/assets.ts');
  const [manifests, crds] = [
    await assetDirectory(deps, 'flux-manifests'),
    await assetDirectory(deps, 'flux-crds'),
  ];
  const { root, run } = deps;
  const objects = await withSideFolder(async (temporary) =>
    composeFlux(run, { root, manifests, temporary }, flux),
  );
  return { objects, crds };
}
