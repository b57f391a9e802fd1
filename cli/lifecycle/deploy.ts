import type { Model } from '../observe/model.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import { commitPaths } from '../publish/commit.ts';
import { applyRender } from '../render/plan-render.ts';
import { ensureAgeKey } from './age-key.ts';
import { applySecrets, kubectlOfOthers } from './cluster-secrets.ts';
import { demoImageSteps } from './demo-image-steps.ts';
import type { DeployPlan } from './plan-deploy.ts';
import { publishCommit } from './publish-commit.ts';
import type { Step } from './steps.ts';
import { waitForCommit } from './wait-for-commit.ts';

/** What the steps leave behind. */
export interface DeployResult {
  /** The commit that Flux has applied: a new one, or HEAD where nothing was to commit. */
  commit?: string;
  committed?: boolean;
  model?: Model;
}

/** Writes, commits, pushes and waits. Each step finds its work done when an earlier run was stopped after it. */
export function deploySteps(
  deps: Deps,
  plan: DeployPlan,
  options: { readonly message: string; readonly timeoutMs: number },
  result: DeployResult,
): Step[] {
  const { environment, engine, access, kept, git, kube } = plan.cluster;
  return [
    {
      title: 'write the rendered files',
      run: async () => {
        await requireSameHead(deps, git.head);
        await applyRender(deps, plan.files);
        return plan.files.length === 0 ? 'already' : 'done';
      },
    },
    {
      title: 'commit',
      run: async () => {
        const commit = await commitPaths(deps, plan.paths, options.message);
        result.committed = commit !== undefined;
        result.commit = commit ?? git.head;
        return commit === undefined ? 'already' : 'done';
      },
    },
    {
      title: 'create namespaces and secrets',
      run: async () => {
        const key = await ensureAgeKey(
          deps,
          environment.name,
          kept.ageKey,
          environment.values.secrets.recipients,
        );
        return applySecrets(kube, plan.build, key, kubectlOfOthers(engine, access));
      },
    },
    ...demoImageSteps(deps, engine, environment, () => result.commit ?? git.head),
    {
      title: `push to ${plan.remote}`,
      run: async () => publishCommit(deps, plan.cluster, plan.remote, result.commit ?? git.head),
    },
    {
      title: 'wait until it runs',
      run: async (say) => {
        result.model = await waitForCommit(deps, plan.cluster, {
          timeoutMs: options.timeoutMs,
          commit: result.commit ?? git.head,
          say,
          jobs: 'started', // a backfill may run for hours: neither this command nor a hotfix waits for that
        });
        return 'done';
      },
    },
  ];
}

/** While a person was asked, somebody may have committed by hand. */
async function requireSameHead(deps: Pick<Deps, 'root' | 'run'>, planned: string): Promise<void> {
  const head = await gitIn(deps.run, deps.root).revParse('HEAD');
  if (head === planned) return;
  throw new PlatformError(
    'CLUSTER_BUSY',
    `somebody has committed since this deploy was planned (${planned.slice(0, 7)} -> ${head?.slice(0, 7) ?? ''}); nothing was written`,
    'Run the same command again',
  );
}
