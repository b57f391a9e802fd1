import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { isDirectory, listNames } from '../ports/files.ts';
import type { KubeObject } from '../ports/kube.ts';
import { dnsLabel } from '../values/check-values.ts';
import { environmentUnknown } from '../values/environment-unknown.ts';
import { fluxFolder, type Build, type BuiltKustomization } from './build.ts';
import { buildFolder, type BuildDeps } from './build-folder.ts';
import { dependencyOrder } from './dependency-order.ts';
import { dependencies, fluxPath, fluxSpec, isFluxItself, isFluxKustomization } from './flux-kustomization.ts';
import { buildFailed, FolderFailure } from './folder-failure.ts';
import { mapLimited } from './limited.ts';

/** kustomize takes most of a core; more at a time than this only makes a small machine stutter. */
const atOnce = 3;

/**
 * Builds what git makes a cluster of this environment hold: the Flux objects of clusters/<env>/flux, and for each Flux
 * Kustomization among them the objects it applies. See {@link buildFolder} for how close this is to kustomize-controller.
 *
 * @param root Where the tree lies: the repository, or a copy of it at another revision.
 * @throws {PlatformError} ENVIRONMENT_UNKNOWN; BUILD_FAILED with one detail per folder that cannot be built.
 */
export async function buildEnvironment(
  deps: BuildDeps & Pick<Deps, 'root'>,
  environmentName: string,
  root = deps.root,
): Promise<Build> {
  await checkRendered(root, environmentName);
  const fluxObjects = await buildFolder(deps, root, fluxFolder(environmentName)).catch((error: unknown) => {
    throw error instanceof FolderFailure ? buildFailed([error]) : error;
  });
  const built = await mapLimited(fluxObjects.filter(isBuiltFromGit), atOnce, async (flux) =>
    buildOne(deps, root, flux).catch((error: unknown) => {
      if (error instanceof FolderFailure) return error;
      throw error;
    }),
  );
  const [failure, ...others] = built.filter((result) => result instanceof FolderFailure);
  if (failure) throw buildFailed([failure, ...others]);
  const kustomizations = built.filter(
    (result): result is BuiltKustomization => !(result instanceof FolderFailure),
  );
  return { environment: environmentName, fluxObjects, kustomizations: dependencyOrder(kustomizations) };
}

function isBuiltFromGit(object: KubeObject): boolean {
  return isFluxKustomization(object) && !isFluxItself(object);
}

async function buildOne(deps: BuildDeps, root: string, flux: KubeObject): Promise<BuiltKustomization> {
  const spec = fluxSpec(flux);
  const path = fluxPath(flux);
  return {
    name: flux.metadata.name,
    path,
    dependsOn: dependencies(flux),
    wait: spec.wait ?? false,
    prune: spec.prune ?? false,
    objects: await buildFolder(deps, root, path, spec),
  };
}

async function checkRendered(root: string, name: string): Promise<void> {
  if (!dnsLabel.test(name) || !(await isDirectory(join(root, 'clusters', name)))) {
    const known = await listNames(join(root, 'clusters'), 'directory');
    throw environmentUnknown(name, known, `no folder clusters/${name}`);
  }
  if (!(await isDirectory(join(root, fluxFolder(name))))) {
    throw new PlatformError(
      'BUILD_FAILED',
      `${fluxFolder(name)} does not exist: nothing was rendered`,
      `platform render ${name}`,
    );
  }
}
