import { thisMachine } from '../../ports/machine.ts';
import { programs as pinned } from '../programs.ts';
import type { ToolchainDeps } from '../resolve-program.ts';
import { originsOf } from './fetch-program.ts';
import { reachable } from './fetch-programs.ts';
import { mirrorsFrom } from './mirrors.ts';
import { sourcesFrom } from './sources.ts';

/**
 * Which of these programs some server, or folder, says it could give: all that it needs for that answers. Downloads nothing.
 *
 * @throws {PlatformError} USAGE when PLATFORM_TOOLS_SOURCES or PLATFORM_TOOLS_MIRROR make no sense.
 */
export async function downloadable(deps: ToolchainDeps, names: readonly string[]): Promise<Set<string>> {
  const { downloads } = deps;
  if (downloads === undefined || names.length === 0) return new Set();
  const [sources, mirrors, { os }] = [
    sourcesFrom(downloads.settings),
    mirrorsFrom(downloads.settings),
    thisMachine(),
  ];
  const served = pinned
    .filter(({ name }) => names.includes(name))
    .map(async (program) => {
      const release = program.release?.systems.includes(os) === true ? program.release : undefined;
      const image = os === 'linux' ? program.image : undefined;
      const ways = [
        originsOf([{ ...program, release, image: undefined }], sources),
        originsOf([{ ...program, release: undefined, image }], sources),
      ];
      const open = await Promise.all(
        ways.map(
          async (urls) =>
            urls.length > 0 && (await reachable(downloads, mirrors, urls)).length === urls.length,
        ),
      );
      return open.includes(true) ? [program.name] : [];
    });
  return new Set((await Promise.all(served)).flat());
}
