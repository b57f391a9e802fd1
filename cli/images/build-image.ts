import { dockerWith } from '../engines/kind/docker.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { versions } from '../toolchain/versions.ts';
import { compileDemo } from './compile-demo.ts';
import { dockerBuild, findBuilder, type Builder } from './docker-build.ts';
import type { ImagePlan } from './plan-image.ts';

export interface BuiltImage {
  readonly builder: Builder;
  /** here: compiled on this machine, and only packed by Docker. */
  readonly compiled: 'here' | 'by Docker';
}

export type BuildDeps = Pick<Deps, 'run' | 'locations' | 'home'>;

/**
 * Builds one image into Docker's store.
 *
 * @throws {PlatformError} ENGINE_FAILED without a daemon, IMAGE_BUILD_FAILED.
 */
export async function buildImage(
  deps: BuildDeps,
  plan: ImagePlan,
  say: (detail: string) => void,
): Promise<BuiltImage> {
  await dockerWith(deps.run).require();
  const { image, labels, platforms, folder } = plan;
  const builder = await findBuilder(deps);
  const own = await daemonPlatform(deps);
  const foreign = platforms.filter((platform) => platform !== own);
  if (builder === 'build' && foreign.length > 0) {
    throw new PlatformError(
      'IMAGE_BUILD_FAILED',
      `Docker runs on ${own}, and an image for ${foreign.join(' and ')} needs docker buildx, which is not here`,
      'Install it: https://github.com/docker/buildx#installing, or leave --platform out',
    );
  }
  if (plan.kind === 'demo') {
    const wanted = platforms.length > 0 ? platforms : [own];
    say(`compiling ${plan.app}`);
    const context = await compileDemo(deps, folder, wanted);
    if (context !== undefined) {
      const [only] = wanted;
      const target = builder === 'build' && only !== undefined ? { TARGETPLATFORM: only } : {};
      await dockerBuild(deps, builder, { image, labels, platforms, context, buildArgs: target }, say);
      return { builder, compiled: 'here' };
    }
  }
  const buildArgs: Record<string, string> = plan.kind === 'demo' ? { GO_VERSION: versions.go } : {};
  await dockerBuild(deps, builder, { image, labels, platforms, context: folder, buildArgs }, say);
  return { builder, compiled: 'by Docker' };
}

/** What the daemon runs on: on a Mac that is not the machine itself. */
async function daemonPlatform({ run }: Pick<Deps, 'run'>): Promise<string> {
  const args = ['version', '--format={{.Server.Os}}/{{.Server.Arch}}'];
  return (await run({ tool: 'docker', args, timeoutMs: 20_000 })).stdout.trim();
}
