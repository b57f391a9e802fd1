import { withClusterLock } from '../lifecycle/cluster-lock.ts';
import { runSteps, type Step } from '../lifecycle/steps.ts';
import type { Deps } from '../ports/deps.ts';
import type { Environment } from '../values/environment.ts';
import type { Outcome } from './outcome.ts';

const waitForOthersMs = 600_000;

/**
 * The one way in which commands change a cluster: with --dry-run prints the steps, else runs the same steps while
 * holding the cluster's lock.
 *
 * @param tell Makes the outcome; `changed` is false when every step found its work done.
 */
export async function runOrShow(
  deps: Deps,
  environment: Environment,
  steps: readonly Step[],
  dryRun: boolean,
  tell: (changed: boolean) => Outcome,
): Promise<Outcome> {
  if (dryRun) {
    const titles = steps.map(({ title }) => title);
    return {
      data: { environment: environment.name, dryRun: true, steps: titles },
      text: titles.map((title, index) => `${index + 1}. ${title}`).join('\n'),
    };
  }
  return tell(await withClusterLock(deps, environment, waitForOthersMs, async () => runSteps(deps, steps)));
}
