import { join } from 'node:path';
import { buildEnvironment } from '../build/build-environment.ts';
import { emptyBuild, fluxFolder, type Build } from '../build/build.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { reportOn } from '../lifecycle/look-at.ts';
import { openCluster } from '../lifecycle/open-cluster.ts';
import type { Model } from '../observe/model.ts';
import {
  buildPromotion,
  readTagLog,
  type Promotion,
  type PromotionInput,
  type TagChange,
} from '../observe/promotion.ts';
import type { Deps } from '../ports/deps.ts';
import { isDirectory } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { withTreeAt } from '../publish/tree-at.ts';
import { openKeptBuilds } from '../toolchain/kept-builds.ts';
import { listEnvironments } from '../values/load-environment.ts';
import { readPlatform } from '../values/load-platform.ts';

/** How many commits of an environment are looked at for its earlier image tags. */
const mostCommits = 200;

/**
 * The workloads of all environments side by side, of the last commit and of every cluster that answers.
 *
 * @param here The environment whose cluster is open already.
 * @throws {PlatformError} GIT_UNUSABLE, BUILD_FAILED.
 */
export async function readPromotion(
  deps: Deps,
  here: { readonly name: string; readonly model: () => Promise<Model> },
): Promise<Promotion> {
  const { compare } = (await readPlatform(deps.root)).platform;
  const names = inOrder(await listEnvironments(deps.root), compare?.environments ?? []);
  const builds = openKeptBuilds(deps);
  const inputs = await withTreeAt(deps, 'HEAD', async (tree) =>
    Promise.all(
      names.map(async (environment): Promise<PromotionInput> => {
        const build = async (): Promise<Build> =>
          (await isDirectory(join(tree, fluxFolder(environment))))
            ? buildEnvironment({ ...deps, builds }, environment, tree)
            : emptyBuild(environment);
        const [built, history, seen] = await Promise.all([
          build(),
          tagHistory(deps, environment),
          environment === here.name
            ? here.model().then((live) => ({ live }))
            : seeElsewhere(deps, environment),
        ]);
        return { environment, build: built, history, ...seen };
      }),
    ),
  );
  return buildPromotion(inputs);
}

/** Those that platform.yaml compares come last, in its order: what it compares is what a change has to pass. */
export function inOrder(names: readonly string[], compared: readonly string[]): string[] {
  const last = compared.filter((name) => names.includes(name));
  return [...names.filter((name) => !last.includes(name)), ...last];
}

async function tagHistory(
  { run, root }: Pick<Deps, 'run' | 'root'>,
  environment: string,
): Promise<ReadonlyMap<string, readonly TagChange[]>> {
  const { stdout } = await gitIn(run, root).run([
    'log',
    `--max-count=${mostCommits}`,
    '--format=%x00%H%x09%cI',
    '--patch',
    '--unified=0',
    '--no-renames',
    '--no-ext-diff',
    '--no-color',
    '--relative',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--',
    `:(glob)apps/*/overlays/${environment}/**/kustomization.yaml`,
  ]);
  return readTagLog(stdout);
}

/** What can be seen of the cluster of another environment; one that does not answer is no error here. */
async function seeElsewhere(deps: Deps, name: string): Promise<Pick<PromotionInput, 'live' | 'note'>> {
  try {
    const { state, model, unreachable } = await reportOn(deps, await openCluster(deps, name), false);
    if (model) return { live: model };
    if (unreachable !== undefined) return { note: unreachable };
    return { note: state === 'stopped' ? 'its cluster is stopped' : 'this machine reaches no cluster of it' };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { note: error.message };
  }
}
