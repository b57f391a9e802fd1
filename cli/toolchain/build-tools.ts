import type { Deps } from '../ports/deps.ts';
import type { EngineName } from '../values/environment.ts';
import { assetDirectory, assetNames } from './assets.ts';
import { ensurePrograms } from './ensure-programs.ts';
import { programsFor } from './programs-for.ts';
import { resolveProgram, type ToolchainDeps } from './resolve-program.ts';

/**
 * Gets the programs of an engine before anything needs them, so that the wait for a first build has a step of its own.
 *
 * @param components Of the infrastructure: those that the environment has.
 * @returns `already` when none was missing.
 * @throws {PlatformError} as {@link ensurePrograms} does.
 */
export async function prepareTools(
  deps: ToolchainDeps,
  engine: EngineName,
  say: (detail: string) => void,
  components: readonly string[] = [],
): Promise<'already' | 'done'> {
  const wanted = programsFor(engine, components);
  const found = await Promise.all(
    wanted.map(async (program) => resolveProgram(deps, program, 'unless-unchanged')),
  );
  if (found.every(({ source }) => source !== 'build')) return 'already';
  await ensurePrograms(
    deps,
    wanted.map(({ name }) => name),
    say,
  );
  return 'done';
}

export interface BuiltTools {
  readonly programs: readonly { readonly name: string; readonly path: string }[];
  readonly assets: readonly { readonly name: string; readonly path: string }[];
}

/**
 * Gets everything that an engine takes from outside, so that later commands need neither Go nor a network.
 *
 * @param components Of the infrastructure: those whose programs are wanted, too.
 * @throws {PlatformError} as {@link ensurePrograms} and {@link assetDirectory} do.
 */
export async function buildTools(
  deps: Pick<Deps, 'locations' | 'home' | 'progress'> & Partial<Pick<Deps, 'downloads'>>,
  engine: EngineName,
  components: readonly string[] = [],
): Promise<BuiltTools> {
  const names = programsFor(engine, components).map(({ name }) => name);
  deps.progress.begin(2);
  const paths = await deps.progress.step('get the outside programs', async (say) =>
    ensurePrograms(deps, names, say),
  );
  const assets = await deps.progress.step('get the files that come with them', async (say) => {
    const found: { name: string; path: string }[] = [];
    for (const name of assetNames) {
      say(name);
      found.push({ name, path: await assetDirectory(deps, name) });
    }
    return found;
  });
  return { programs: names.map((name) => ({ name, path: paths[name] ?? '' })), assets };
}
