import { dockerWith } from '../engines/kind/docker.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { demoRegistry } from '../values/app-images.ts';
import { parseName, shortName } from './image-name.ts';
import { tagOf } from './tag-policy.ts';

/** A slow uplink and a large image. */
const pushMs = 1_800_000;

/**
 * Pushes one image of Docker's store to its registry. Logging in is Docker's business: this program sees no password.
 *
 * @param image `<repository>:<tag>`
 * @returns Its digest there, where Docker tells.
 * @throws {PlatformError} IMAGE_TAG_INVALID for a demo, IMAGE_MISSING, ENGINE_FAILED, REGISTRY_FAILED.
 */
export async function pushImage(
  { run }: Pick<Deps, 'run'>,
  app: string,
  image: string,
): Promise<string | undefined> {
  if (image.startsWith(`${demoRegistry}/`)) {
    throw new PlatformError(
      'IMAGE_TAG_INVALID',
      `${image} is the demo of ${app}, which belongs to no registry`,
      `platform image build ${app} --tag 0.1.0 && platform image push ${app} --tag 0.1.0`,
    );
  }
  const docker = dockerWith(run);
  await docker.require();
  const tag = tagOf(image);
  if ((await docker.images([shortName(image)])).length === 0) {
    const hint = `platform image build ${app} --context <folder> --tag ${tag}`;
    throw new PlatformError('IMAGE_MISSING', `Docker has no image ${image}`, hint);
  }
  try {
    const { stdout } = await run({ tool: 'docker', args: ['push', image], timeoutMs: pushMs });
    return /\bdigest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    throw new PlatformError('REGISTRY_FAILED', error.message, hintFor(error.message, image), {
      cause: error,
    });
  }
}

function hintFor(said: string, image: string): string {
  const { host } = parseName(image);
  if (/unauthorized|authentication required|denied|401|no basic auth/i.test(said)) {
    return `docker login ${host}, as somebody who may push there`;
  }
  return `Check that this machine reaches ${host} (registry in platform.yaml), then run the same command again`;
}
