import { requireOwnCluster } from '../lifecycle/cluster-owner.ts';
import { withClusterLock } from '../lifecycle/cluster-lock.ts';
import { keptFiles } from '../lifecycle/kept-files.ts';
import { runSteps, type Step } from '../lifecycle/steps.ts';
import type { Deps } from '../ports/deps.ts';
import type { Environment } from '../values/environment.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import type { Outcome } from './outcome.ts';

const waitForOthersMs = 600_000;

export interface ClusterChange {
  readonly steps: readonly Step[];
  /** Makes the outcome; `changed` is false when every step found its work done. */
  readonly tell: (changed: boolean) => Outcome;
  /** What the steps would change, for the JSON document of a dry run. */
  readonly effects?: Readonly<Record<string, unknown>>;
}

/**
 * The one way in which commands change a cluster: with --dry-run prints the steps, else plans, asks and runs the same
 * steps while holding the cluster's lock, so that what was planned and agreed to is still true when it is done.
 *
 * @param plan Reads and asks; it changes nothing.
 * @param load Says whose cluster it is; by default the values have to be right for that.
 * @throws {PlatformError} CLUSTER_BUSY, CLUSTER_FOREIGN; what `load`, `plan` and the steps throw.
 */
export async function changeCluster(
  deps: Deps,
  name: string,
  dryRun: boolean,
  plan: () => Promise<ClusterChange>,
  load: (deps: Deps, name: string) => Promise<Pick<Environment, 'client' | 'name'>> = loadEnvironment,
): Promise<Outcome> {
  const environment = await load(deps, name);
  await requireOwnCluster(deps, name, keptFiles(deps.locations, environment.client, name));
  if (dryRun) {
    const { steps, effects } = await plan();
    const titles = steps.map(({ title }) => title);
    return {
      data: { environment: name, dryRun: true, steps: titles, ...effects },
      text: titles.map((title, index) => `${index + 1}. ${title}`).join('\n'),
    };
  }
  return withClusterLock(deps, environment, waitForOthersMs, async () => {
    const { steps, tell } = await plan();
    return tell(await runSteps(deps, steps));
  });
}
