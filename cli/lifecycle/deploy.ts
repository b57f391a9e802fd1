import { PlatformError } from '../errors/platform-error.ts';
import type { Model } from '../observe/model.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import { pushCommit } from '../publish/bare-repository.ts';
import { commitPaths } from '../publish/commit.ts';
import { diffBuilds, type ObjectChange } from '../publish/diff-builds.ts';
import { buildAt, buildRendered } from '../publish/diff-environment.ts';
import { requireCommittable } from '../publish/repository-state.ts';
import { waitUntilReady } from '../observe/wait-until-ready.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import { applyRender, planRender, type Change } from '../render/plan-render.ts';
import type { Finding } from '../validate/finding.ts';
import { validateEnvironment } from '../validate/validate-environment.ts';

import { openRunningCluster, type OpenCluster } from './open-cluster.ts';
import type { Step } from './steps.ts';

/** What a deploy will write, commit and change in the cluster. */
export interface DeployPlan {
  readonly cluster: OpenCluster & { readonly kube: Kube };
  /** Rendered files that differ from the working tree. */
  readonly files: readonly Change[];
  /** What will be committed: values, and every rendered file that differs from HEAD. Relative to the root. */
  readonly paths: readonly string[];
  /** Against HEAD, object by object. */
  readonly changes: readonly ObjectChange[];
  /** Warnings of validation; errors are thrown. */
  readonly findings: readonly Finding[];
}

/** What the steps leave behind. */
export interface DeployResult {
  /** The commit that Flux has applied: a new one, or HEAD where nothing was to commit. */
  commit?: string;
  committed?: boolean;
  model?: Model;
}

/** What renders an environment beside its values: must be committed by a person, since deploy commits only its own. */
const inputs = ['templates', 'infrastructure', ':(glob)apps/*/base/**'];

/**
 * Renders and validates in a side folder; writes nothing.
 *
 * @throws {PlatformError} GIT_UNUSABLE, VALUES_INVALID, RENDERED_FILE_EDITED, BUILD_FAILED, VALIDATION_FAILED,
 *   CLUSTER_MISSING, CLUSTER_STOPPED
 */
export async function planDeploy(deps: Deps, name: string): Promise<DeployPlan> {
  const cluster = await openRunningCluster(deps, name);
  const { environment, git } = cluster;
  await requireCommittable(deps, git);
  await requireCommittedInputs(deps);
  const files = (await planRender(deps, [environment])).filter(({ change }) => change !== 'same');
  const build = await buildRendered(deps, environment);
  const findings = await validateEnvironment({ root: deps.root, schemas: await pinnedSchemas(deps) }, build);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new PlatformError(
      'VALIDATION_FAILED',
      `${errors.length} errors in the manifests of ${name}; nothing was written`,
      `platform validate ${name}`,
      {
        details: errors.map(({ code, message, object, place, hint }) => ({
          message: `${code} ${object ?? ''} ${message}`,
          place,
          hint,
        })),
      },
    );
  }
  const changes = diffBuilds(await buildAt(deps, name, 'HEAD'), build);
  const ours = [`clusters/${name}/values.yaml`, 'platform.yaml', `clusters/${name}/flux/`];
  const overlays = new RegExp(`^(apps|infrastructure)/.+/overlays/${name}/`);
  const changed = git.changed.filter(
    (path) => ours.some((each) => path.startsWith(each)) || overlays.test(path),
  );
  return {
    cluster,
    files,
    paths: [...new Set([...changed, ...files.map(({ path }) => path)])].sort(),
    changes,
    findings,
  };
}

async function requireCommittedInputs(deps: Pick<Deps, 'root' | 'run'>): Promise<void> {
  const edited = await gitIn(deps.run, deps.root).changedPaths(inputs);
  const [first] = edited;
  if (first === undefined) return;
  const others = edited.length > 1 ? ` and ${edited.length - 1} more` : '';
  throw new PlatformError(
    'GIT_UNUSABLE',
    `${first}${others} would be part of what is deployed, and is not committed; deploy commits only values and rendered files`,
    `git add ${edited.slice(0, 3).join(' ')} && git commit`,
  );
}

/** Writes, commits, pushes and waits. Each step finds its work done when an earlier run was stopped after it. */
export function deploySteps(
  deps: Deps,
  plan: DeployPlan,
  options: { readonly message: string; readonly timeoutMs: number },
  result: DeployResult,
): Step[] {
  const { environment, kept, git, kube } = plan.cluster;
  const bare = { path: kept.repository, branch: environment.git.branch, environment: environment.name };
  return [
    {
      title: 'write the rendered files',
      run: async () => {
        await applyRender(deps, plan.files);
        return plan.files.length === 0 ? 'already' : 'done';
      },
    },
    {
      title: 'commit',
      run: async () => {
        const commit = await commitPaths(deps, plan.paths, options.message);
        result.committed = commit !== undefined;
        result.commit = commit ?? (await gitIn(deps.run, deps.root).revParse('HEAD')) ?? git.head; // another deploy may have committed meanwhile
        return commit === undefined ? 'already' : 'done';
      },
    },
    {
      title: `push to ${environment.name}`,
      run: async () =>
        (await pushCommit(deps, bare, result.commit ?? git.head)) === 'already' ? 'already' : 'done',
    },
    {
      title: 'wait until it runs',
      run: async (say) => {
        result.model = await waitUntilReady(
          { kube, clock: deps.clock },
          {
            timeoutMs: options.timeoutMs,
            commit: result.commit ?? git.head,
            interrupted: deps.interrupted,
            say,
          },
        );
        return 'done';
      },
    },
  ];
}
