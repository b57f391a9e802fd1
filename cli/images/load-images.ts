import { engineOfCluster } from '../engines/choose-engine.ts';
import { contextName } from '../engines/embedded/state-directory.ts';
import type { EngineDeps } from '../engines/engine.ts';
import { dockerWith } from '../engines/kind/docker.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import type { Environment } from '../values/environment.ts';
import { fullName, shortName } from './image-name.ts';

/** Images are copied to the nodes one after the other: some hundred MB a minute on a slow disk. */
const loadMs = 600_000;

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
  const lacking = new Set<string>();
  for (const { name } of await docker.nodes(cluster)) {
    const { stdout } = await docker.shell(name, 'ctr --namespace=k8s.io images list --quiet');
    const there = new Set(stdout.split('\n'));
    for (const image of images) if (!there.has(fullName(image))) lacking.add(image);
  }
  if (lacking.size === 0) return [];
  say(`copying ${[...lacking].join(', ')} to the nodes`);
  await run({
    tool: 'kind',
    args: ['load', 'docker-image', `--name=${cluster}`, ...lacking],
    timeoutMs: loadMs,
  });
  return [...lacking];
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
