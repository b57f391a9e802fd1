import { join, relative, sep } from 'node:path';
import { parse, stringify } from 'yaml';
import { PlatformError } from '../../errors/platform-error.ts';
import { listFiles, makePrivateDirectory, readText, remove, writeFileAtomically } from '../../ports/files.ts';
import type { KubeObject } from '../../ports/kube.ts';
import type { Run } from '../../ports/run.ts';
import { parseManifests } from '../../build/manifests.ts';
import type { EnvironmentValues } from '../../values/environment.ts';
import { fluxControllers } from '../../toolchain/flux-controllers.ts';
import { versions } from '../../toolchain/versions.ts';

const patchesFile = 'flux-system/patches.yaml';

/** One kustomize build, in milliseconds. */
const buildMs = 60_000;

/** What values say of the images. */
export type FluxValues = Pick<EnvironmentValues['flux'], 'registry' | 'tags'>;

export interface FluxSources {
  /** The repository, with flux-system/patches.yaml: absolute. */
  readonly root: string;
  /** The asset `flux-manifests`: absolute. */
  readonly manifests: string;
  /** A folder that may be used and emptied: absolute. */
  readonly temporary: string;
}

/** The image of each controller, as values or versions.json say. */
export function fluxImages({ registry, tags }: FluxValues): string[] {
  return fluxControllers.map((name) => `${registry}/${name}:${tags[name] ?? `v${versions[name]}`}`);
}

/**
 * What Flux's controllers consist of in a cluster, without their CustomResourceDefinitions: the manifests of its
 * distribution at the pins, with the patches of this repository.
 *
 * @throws {PlatformError} BUILD_FAILED where the patches do not fit, naming their file.
 */
export async function composeFlux(
  run: Run,
  { root, manifests, temporary }: FluxSources,
  flux: FluxValues,
): Promise<KubeObject[]> {
  const folder = join(temporary, 'flux');
  await remove(folder);
  await makePrivateDirectory(folder);
  const from = (place: string, file: string): string =>
    relative(join(folder, place), join(manifests, file)).split(sep).join('/');
  const files = await listFiles(manifests);
  const write = async (place: string, content: object): Promise<void> =>
    writeFileAtomically(
      join(folder, place, 'kustomization.yaml'),
      stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...content }),
      0o600,
    );
  for (const name of fluxControllers) {
    const own = files.filter((file) => file.startsWith(`${name}/`));
    await write(name, {
      resources: own.filter((file) => !/\/(labels|patch)\.yaml$/.test(file)).map((file) => from(name, file)),
      transformers: [from(name, `${name}/labels.yaml`)],
      patches: [{ target: { kind: 'Deployment', name }, path: from(name, `${name}/patch.yaml`) }],
    });
  }
  await write('rbac', {
    resources: files.filter((file) => file.startsWith('rbac/')).map((file) => from('rbac', file)),
    nameSuffix: '-flux-system', // as Flux's own installations name them: one that is adopted does not get them twice
  });
  await write('', {
    namespace: 'flux-system',
    resources: [
      ...fluxControllers,
      'rbac',
      ...files.filter((file) => file.startsWith('policies/')).map((file) => from('', file)),
    ],
    labels: [
      {
        pairs: {
          'app.kubernetes.io/instance': 'flux-system',
          'app.kubernetes.io/version': `v${versions.flux}`,
        },
      },
    ],
    images: fluxControllers.map((name) => ({
      name: `fluxcd/${name}`,
      newName: `${flux.registry}/${name}`,
      newTag: flux.tags[name] ?? `v${versions[name]}`,
    })),
    patches: await readPatches(root),
  });
  try {
    const { stdout } = await run({
      tool: 'kustomize',
      args: ['build', '--load-restrictor=LoadRestrictionsNone', folder],
      timeoutMs: buildMs,
    });
    return parseManifests(stdout);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    throw new PlatformError(
      'BUILD_FAILED',
      `the manifests of Flux v${versions.flux} cannot be built with the patches of ${patchesFile}: ${error.message}`,
      `Edit ${patchesFile}: its patches must fit the manifests of the pinned version`,
      { cause: error, details: [{ place: { file: patchesFile }, message: 'does not fit' }] },
    );
  }
}

/** Patches in kustomize's form, which Flux's Kustomizations take too. */
export async function readPatches(root: string): Promise<{ target?: object; patch: string }[]> {
  return ((parse(await readText(join(root, patchesFile))) as unknown) ?? []) as {
    target?: object;
    patch: string;
  }[];
}
