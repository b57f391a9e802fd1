import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import { quote } from '../ports/run.ts';

/** Where everything lies that Flux applies to an environment. */
const published = (environment: string): string[] => ['apps', 'infrastructure', `clusters/${environment}`];

/**
 * Refuses a commit from which Flux could not build an environment, though the files of the clone can.
 *
 * @throws {PlatformError} GIT_UNUSABLE when the environment was never committed, or a part of it is a submodule.
 */
export async function requirePublishable(
  deps: Pick<Deps, 'root' | 'run'>,
  environment: string,
  commit: string,
): Promise<void> {
  const entries = await publishedEntries(deps, environment, commit);
  refuseSubmodules(entries);
  if (entries.some(({ path }) => path.startsWith(`clusters/${environment}/flux/`))) return;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `clusters/${environment}/flux is not committed, and Flux sees only what is`,
    `platform render ${environment} && git add -A && git commit -m "Add ${environment}"`,
  );
}

/** @throws {PlatformError} GIT_UNUSABLE when a part of what Flux applies to the environment is a submodule. */
export async function requireNoSubmodules(
  deps: Pick<Deps, 'root' | 'run'>,
  environment: string,
  commit: string,
): Promise<void> {
  refuseSubmodules(await publishedEntries(deps, environment, commit));
}

interface Entry {
  readonly mode: string;
  readonly path: string;
}

async function publishedEntries(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  environment: string,
  commit: string,
): Promise<Entry[]> {
  const { stdout } = await gitIn(run, root).run([
    'ls-tree',
    '-r',
    '-z',
    commit,
    '--',
    ...published(environment),
  ]);
  return stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }));
}

function refuseSubmodules(entries: readonly Entry[]): void {
  const submodule = entries.find(({ mode }) => mode === '160000')?.path;
  if (submodule === undefined) return;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `${submodule} is a submodule, and Flux fetches only this repository: the folder would be empty in the cluster`,
    `Put its files into this repository: git rm --cached ${quote(submodule)} && rm -rf ${quote(`${submodule}/.git`)} && git add ${quote(submodule)} && git commit`,
  );
}
