import { engineOfCluster } from '../engines/choose-engine.ts';
import { contextName } from '../engines/state-directory.ts';
import type { EngineDeps } from '../engines/engine.ts';
import { dockerWith } from '../engines/kind/docker.ts';
import { copyToNodes } from '../engines/kind/node-images.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import type { Environment } from '../values/environment.ts';
import { shortName } from './image-name.ts';

/**
 * Copies images from Docker's store to the nodes of a kind cluster that lack them.
 *
 * @param cluster As kind names it.
 * @returns The images that some node lacked.
 * @throws {PlatformError} IMAGE_MISSING when Docker has not got one; ENGINE_FAILED without a daemon.
 */
export async function loadImages(
  { run }: Pick<Deps, 'run'>,
  cluster: string,
  images: readonly string[],
  say: (detail: string) => void,
): Promise<string[]> {
  const docker = dockerWith(run);
  await docker.require();
  const here = await docker.images(images.map(shortName));
  const missing = images.find((image) => !here.includes(shortName(image)));
  if (missing !== undefined) {
    const app = /([^/]+):[^:]+$/.exec(missing)?.[1] ?? '<app>';
    throw new PlatformError(
      'IMAGE_MISSING',
      `Docker has no image ${missing}`,
      `platform image build ${app}, or: docker pull ${missing}`,
    );
  }
  return copyToNodes(run, docker, { cluster, images }, say);
}

/**
 * The name of an environment's kind cluster.
 *
 * @throws {PlatformError} CLUSTER_MISSING; ENGINE_UNSUPPORTED where the environment runs on another engine.
 */
export async function kindClusterOf(deps: EngineDeps, environment: Environment): Promise<string> {
  const { client, name } = environment;
  const engine = await engineOfCluster(deps, environment);
  if (engine.name === 'kind') return contextName({ client, environment: name });
  if ((await engine.status()).state === 'absent') {
    const hint = `platform bootstrap ${name} --engine kind`;
    throw new PlatformError('CLUSTER_MISSING', `there is no cluster of ${name}`, hint);
  }
  throw new PlatformError(
    'ENGINE_UNSUPPORTED',
    `${name} runs on the engine ${engine.name}, and only the nodes of kind take images from Docker`,
    engine.name === 'embedded'
      ? 'Nothing to do: its pods are simulated, and run no image'
      : `platform image push <app> --env ${name}`,
  );
}
