import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { quote, type Invocation } from '../ports/run.ts';

/** A user's own build may take long: base images are pulled, dependencies compiled. */
const buildMs = 1_800_000;
const anyExitCode = Array.from({ length: 256 }, (_, code) => code);

/** What Docker is given to build. */
export interface DockerBuild {
  /** `<repository>:<tag>` */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** For buildx alone; empty for the daemon's own. */
  readonly platforms: readonly string[];
  /** A folder with a Dockerfile, absolute, or a tar archive of one. */
  readonly context: string | Buffer;
}

export type Builder = 'buildx' | 'build';

/** Whether Docker has buildx, or only the builder that it began with. */
export async function findBuilder({ run }: Pick<Deps, 'run'>): Promise<Builder> {
  const { exitCode } = await run({
    tool: 'docker',
    args: ['buildx', 'version'],
    timeoutMs: 20_000,
    okExitCodes: anyExitCode,
  });
  return exitCode === 0 ? 'buildx' : 'build';
}

/**
 * Builds an image into the daemon's store.
 *
 * @throws {PlatformError} IMAGE_BUILD_FAILED with the end of what Docker says.
 */
export async function dockerBuild(
  { run }: Pick<Deps, 'run'>,
  builder: Builder,
  build: DockerBuild,
  say: (detail: string) => void,
): Promise<void> {
  const call = invocation(builder, build);
  try {
    await run({
      ...call,
      onErrorLine: (line) => {
        if (line.trim() !== '') say(line.trim().slice(0, 120));
      },
    });
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    const said = error.message;
    throw new PlatformError(
      'IMAGE_BUILD_FAILED',
      `${build.image} cannot be built: ${said}`,
      hintFor(said, call),
      {
        cause: error,
      },
    );
  }
}

function invocation(builder: Builder, build: DockerBuild): Invocation {
  const { image, labels, buildArgs, platforms, context } = build;
  const archive = typeof context !== 'string';
  return {
    tool: 'docker',
    args: [
      ...(builder === 'buildx' ? ['buildx', 'build', '--load', '--provenance=false'] : ['build']),
      `--tag=${image}`,
      ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
      ...Object.entries(buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`),
      ...(builder === 'buildx' && platforms.length > 0 ? [`--platform=${platforms.join(',')}`] : []),
      archive ? '-' : context,
    ],
    ...(archive ? { input: context } : {}),
    // Without buildx there is no BuildKit either, whatever the user's settings ask for.
    ...(builder === 'build' ? { env: { DOCKER_BUILDKIT: undefined } } : {}),
    timeoutMs: buildMs,
  };
}

function hintFor(said: string, { args }: Invocation): string {
  if (said.includes('manifest lists')) {
    return 'Docker keeps images of several platforms only in its containerd image store: switch it on, or name one --platform';
  }
  if (said.includes('golang:')) {
    return 'Install Go (https://go.dev/dl/): demos are then compiled on this machine, and no registry is needed';
  }
  if (/no such host|dial tcp|i\/o timeout|TLS handshake|failed to resolve/.test(said)) {
    return 'Check that Docker reaches the registry of the base image, then run the same command again';
  }
  return args.at(-1) === '-'
    ? 'platform doctor --engine kind, then run the same command again'
    : `Mend the Dockerfile, or try it by hand: docker build ${quote(args.at(-1) ?? '')}`;
}
