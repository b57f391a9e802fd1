import { join } from 'node:path';
import { buildEnvironment } from '../build/build-environment.ts';
import type { BuildDeps } from '../build/build-folder.ts';
import { emptyBuild, fluxFolder, type Build } from '../build/build.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { isDirectory } from '../ports/files.ts';
import { copyFolder, withSideFolder } from '../ports/side-folder.ts';
import { applyRender, planRender, type Change } from '../render/plan-render.ts';
import type { Environment } from '../values/environment.ts';
import { diffBuilds, type ObjectChange } from './diff-builds.ts';
import { withTreeAt } from './tree-at.ts';

type DiffDeps = BuildDeps & Pick<Deps, 'root'>;

/**
 * What the next commit changes in an environment, compared with a revision: the working tree is rendered afresh (in a side
 * folder: nothing in the repository is written), built, and compared object by object.
 *
 * @param revision Whatever git understands. An environment that was not there yet counts as empty.
 * @throws {PlatformError} GIT_UNUSABLE, BUILD_FAILED (the message says when it is the old revision that cannot be built).
 */
export async function diffEnvironment(
  deps: DiffDeps,
  environment: Environment,
  revision: string,
): Promise<ObjectChange[]> {
  const before = await buildAt(deps, environment.name, revision);
  const after = await buildRendered(
    deps,
    environment,
    await planRender(deps, [environment], { force: true }),
  );
  return diffBuilds(before, after);
}

/** The build of an environment at a revision; empty where the revision has no such environment. */
export async function buildAt(deps: DiffDeps, name: string, revision: string): Promise<Build> {
  return withTreeAt(deps, revision, async (tree) => {
    if (!(await isDirectory(join(tree, fluxFolder(name))))) return emptyBuild(name);
    return buildEnvironment(deps, name, tree).catch((error: unknown) => {
      if (!(error instanceof PlatformError)) throw error;
      const { code, message, details } = error;
      const hint = 'Mend and commit it; the commit may lack what only this clone has: git status --short';
      throw new PlatformError(code, `${message} as of ${revision}`, hint, { details, cause: error });
    });
  });
}

/** The build that the working tree gives once a render of it is carried out. */
export async function buildRendered(
  deps: DiffDeps,
  environment: Environment,
  plan: readonly Change[],
): Promise<Build> {
  return withSideFolder(async (side) => {
    for (const folder of ['apps', 'infrastructure', `clusters/${environment.name}`]) {
      await copyFolder(join(deps.root, folder), join(side, folder));
    }
    await applyRender({ root: side }, plan);
    return buildEnvironment(deps, environment.name, side);
  });
}
