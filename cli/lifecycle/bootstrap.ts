import type { Build } from '../build/build.ts';
import { addContext } from '../engines/kubeconfig.ts';
import type { ClusterAccess, ClusterSpec, Engine, GitSource } from '../engines/engine.ts';
import type { Model } from '../observe/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import {
  addRemote,
  prepareBareRepository,
  pushCommit,
  type BareRepository,
} from '../publish/bare-repository.ts';
import { buildAt } from '../publish/diff-environment.ts';
import { connectRoot } from '../reconcile/connect-root.ts';
import type { RootSpec } from '../reconcile/root-objects.ts';
import { waitUntilReady } from '../observe/wait-until-ready.ts';
import { prepareTools } from '../toolchain/build-tools.ts';
import type { Environment } from '../values/environment.ts';
import { ensureAgeKey, type AgeKey } from './age-key.ts';
import { clearJournal } from './journal.ts';
import { recordOwner } from './cluster-owner.ts';
import { keptFiles } from './kept-files.ts';
import { applySecrets } from './cluster-secrets.ts';
import type { Step } from './steps.ts';

/** What is to be built, and from which commit. */
export interface BootstrapPlan {
  readonly environment: Environment;
  readonly engine: Engine;
  /** Full hash. */
  readonly commit: string;
  /** Hold the cluster at `commit` even where the followed branch is ahead of it. */
  readonly pin: boolean;
  readonly timeoutMs: number;
}

/** What the steps leave behind for whoever prints the result. */
export interface BootstrapResult {
  access?: ClusterAccess;
  kube?: Kube;
  model?: Model;
  previousContext?: string;
}

/**
 * The way from nothing to a cluster that equals git, as steps in their order. A bootstrap that was killed is finished
 * by running all of them again.
 */
export function bootstrapSteps(deps: Deps, plan: BootstrapPlan, result: BootstrapResult): Step[] {
  const { environment, engine } = plan;
  const kept = keptFiles(deps.locations, environment.client, environment.name);
  const spec: ClusterSpec = { environment, repository: kept.repository };
  const bare: BareRepository = {
    path: kept.repository,
    branch: environment.git.branch,
    environment: environment.name,
  };
  let checked: { build: Build; key: AgeKey } | undefined;
  const before = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('a step ran before the one that it builds on');
    return value;
  };
  return [
    { title: 'get the outside programs', run: async (say) => prepareTools(deps, engine.name, say) },
    {
      title: 'check manifests and keys',
      run: async () => {
        const { made, ...key } = await ensureAgeKey(deps, environment.name, kept.ageKey);
        checked = { key, build: await buildAt(deps, environment.name, plan.commit) }; // what Flux will see
        return made ? 'done' : 'already';
      },
    },
    {
      title: 'publish the repository',
      run: async () => {
        await recordOwner(deps, kept);
        const prepared = await prepareBareRepository(deps, bare);
        await addRemote(deps, bare);
        const pushed = plan.pin ? 'already' : await pushCommit(deps, bare, plan.commit);
        return prepared === 'already' && pushed === 'already' ? 'already' : 'done';
      },
    },
    {
      title: `start the cluster (${engine.name})`,
      run: async (say) => {
        const { state } = await engine.status();
        result.access = await engine.start(spec, say);
        result.kube = await deps.connect(result.access.kubeconfig, result.access.context);
        return state === 'running' ? 'already' : 'done';
      },
    },
    {
      title: 'add the context to your kubeconfig',
      run: async () => {
        const change = await addContext(deps, before(result.access));
        if (change.previous !== undefined) result.previousContext = change.previous;
        return change.changed ? 'done' : 'already';
      },
    },
    {
      title: 'create namespaces and secrets',
      run: async () => {
        const { build, key } = before(checked);
        return applySecrets(before(result.kube), build, key);
      },
    },
    { title: 'install Flux', run: async (say) => engine.installFlux(spec, say) },
    {
      title: 'connect Flux to the repository',
      run: async () => {
        const source = await engine.gitSource(spec);
        return connectRoot(
          before(result.kube),
          rootSpecOf(environment, source, plan.pin ? plan.commit : undefined),
        );
      },
    },
    {
      title: 'wait until all is Ready',
      run: async (say) => {
        const started = deps.clock.elapsed();
        result.model = await waitUntilReady(
          { kube: before(result.kube), clock: deps.clock },
          { timeoutMs: plan.timeoutMs, commit: plan.commit, interrupted: deps.interrupted, say },
        );
        if (!plan.pin) await clearJournal(kept.journal); // another commit runs now: nothing is left to compare
        return deps.clock.elapsed() - started < 1_000 ? 'already' : 'done';
      },
    },
  ];
}

/** The root of an environment's cluster: from its values, and from where the engine serves the repository. */
export function rootSpecOf(
  environment: Environment,
  source: GitSource,
  commit: string | undefined,
): RootSpec {
  const { interval, retryInterval } = environment.values.flux;
  return {
    ...source,
    environment: environment.name,
    branch: environment.git.branch,
    commit,
    interval,
    retryInterval,
  };
}
