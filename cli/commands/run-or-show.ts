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
 * @param tell    Makes the outcome; `changed` is false when every step found its work done.
 * @param effects What the steps would change, for the JSON document of a dry run.
 */
export async function runOrShow(
  deps: Deps,
  environment: Environment,
  steps: readonly Step[],
  dryRun: boolean,
  tell: (changed: boolean) => Outcome,
  effects: Readonly<Record<string, unknown>> = {},
): Promise<Outcome> {
  if (dryRun) {
    const titles = steps.map(({ title }) => title);
    return {
      data: { environment: environment.name, dryRun: true, steps: titles, ...effects },
      text: titles.map((title, index) => `${index + 1}. ${title}`).join('\n'),
    };
  }
  return tell(await withClusterLock(deps, environment, waitForOthersMs, async () => runSteps(deps, steps)));
}
