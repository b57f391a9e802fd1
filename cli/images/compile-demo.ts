import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readBytes } from '../ports/files.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import { findGo } from '../toolchain/go.ts';
import { compareVersions, versions } from '../toolchain/versions.ts';
import { tarOf } from './tar-of.ts';

/** The first compilation compiles the standard library too. */
const compileMs = 300_000;

/** As the Dockerfile of each demo ends. Docker sets TARGETPLATFORM itself where it has buildx. */
const dockerfile = `FROM scratch
ARG TARGETPLATFORM
COPY \${TARGETPLATFORM}/app /app
USER 10001:10001
ENTRYPOINT ["/app"]
`;

/**
 * Compiles a demo here and packs it with a Dockerfile that needs no other image, so that no registry has to be reached.
 *
 * @param folder    Absolute: main.go and go.mod.
 * @param platforms As Docker names them: `linux/amd64`.
 * @returns A build context as a tar archive; undefined where this machine has no Go of the pinned version or newer.
 * @throws {PlatformError} IMAGE_BUILD_FAILED with what the compiler says.
 */
export async function compileDemo(
  deps: Pick<Deps, 'run' | 'locations' | 'home'>,
  folder: string,
  platforms: readonly string[],
): Promise<Buffer | undefined> {
  const go = await findGo(deps);
  if (go?.version === undefined || compareVersions(go.version, versions.go) < 0) return undefined;
  return withSideFolder(async (side) => {
    const files: Record<string, Buffer> = { Dockerfile: Buffer.from(dockerfile) };
    for (const platform of platforms) {
      const program = join(side, platform, 'app');
      await compile(deps, folder, platform, program);
      files[`${platform}/app`] = await readBytes(program);
    }
    return tarOf(files);
  });
}

/** The same source gives the same bytes on every machine with the same Go. */
async function compile(
  { run }: Pick<Deps, 'run'>,
  folder: string,
  platform: string,
  program: string,
): Promise<void> {
  const [os = '', arch = '', variant] = platform.split('/');
  try {
    await run({
      tool: 'go',
      args: ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', program, '.'],
      cwd: folder,
      env: {
        CGO_ENABLED: '0',
        GOFLAGS: '',
        GOTOOLCHAIN: 'local',
        GOWORK: 'off',
        GOOS: os,
        GOARCH: arch,
        ...(arch === 'arm' && variant !== undefined ? { GOARM: variant.replace('v', '') } : {}),
      },
      timeoutMs: compileMs,
    });
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    throw new PlatformError(
      'IMAGE_BUILD_FAILED',
      `Go cannot compile ${folder} for ${platform}: ${error.message}`,
      `Mend it, or try it by hand: cd ${folder} && go vet .`,
      { cause: error },
    );
  }
}
