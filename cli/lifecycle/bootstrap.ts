import type { Build } from '../build/build.ts';
import { addContext } from '../engines/kubeconfig.ts';
import type { ClusterAccess, ClusterSpec, Engine } from '../engines/engine.ts';
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
import type { GitAccess } from '../publish/git-credentials.ts';
import { connectRoot } from '../reconcile/connect-root.ts';
import { hasFetched, requestFetch } from '../reconcile/request-fetch.ts';
import { fluxNamespace, kustomizationKind, rootName, type RootSpec } from '../reconcile/root-objects.ts';
import { prepareTools } from '../toolchain/build-tools.ts';
import { enabledComponents } from '../values/components.ts';
import type { Environment } from '../values/environment.ts';
import { adaptedComponents } from './adapted-components.ts';
import { ensureAgeKey, type AgeKey } from './age-key.ts';
import { clearJournal } from './journal.ts';
import { recordOwner } from './cluster-owner.ts';
import { demoImageSteps } from './demo-image-steps.ts';
import { checkRemoteSteps } from './git-check.ts';
import { gitSourceOf } from './git-source.ts';
import { keptFiles } from './kept-files.ts';
import { applySecrets, kubectlOfOthers } from './cluster-secrets.ts';
import type { Step } from './steps.ts';
import { waitForCommit } from './wait-for-commit.ts';

/** What is to be built, and from which commit. */
export interface BootstrapPlan {
  readonly environment: Environment;
  readonly engine: Engine;
  /** Full hash. */
  readonly commit: string;
  /** Hold the cluster at `commit` even where the followed branch is ahead of it. */
  readonly pin: boolean;
  readonly timeoutMs: number;
  /** For an `https://` remote, where one was given with this command: kept when it works, never printed. */
  readonly gitToken?: string | undefined;
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
  const kept = keptFiles(deps.locations, plan.environment.client, plan.environment.name);
  return [...checkRemoteSteps(deps, plan, kept), ...buildUpSteps(deps, plan, result)];
}

/** {@link bootstrapSteps} for who has checked the git remote already: before destroying what was there. */
export function buildUpSteps(deps: Deps, plan: BootstrapPlan, result: BootstrapResult): Step[] {
  const { environment, engine } = plan;
  const { remote } = environment.git;
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
  const publish: Step = {
    title: 'publish the repository',
    run: async () => {
      const prepared = await prepareBareRepository(deps, bare);
      await addRemote(deps, bare);
      const pushed = plan.pin ? 'already' : await pushCommit(deps, bare, plan.commit);
      return prepared === 'already' && pushed === 'already' ? 'already' : 'done';
    },
  };
  const context: Step = {
    title: 'add the context to your kubeconfig',
    run: async () => {
      const change = await addContext(deps, before(result.access));
      if (change.previous !== undefined) result.previousContext = change.previous;
      return change.changed ? 'done' : 'already';
    },
  };
  return [
    {
      title: 'get the outside programs',
      run: async (say) => prepareTools(deps, engine.name, say, enabledComponents(environment.values)),
    },
    {
      title: 'check manifests and keys',
      run: async () => {
        const { made, ...key } = await ensureAgeKey(
          deps,
          environment.name,
          kept.ageKey,
          environment.values.secrets.recipients,
        );
        checked = { key, build: await buildAt(deps, environment.name, plan.commit) }; // what Flux will see
        await recordOwner(deps, kept);
        return made ? 'done' : 'already';
      },
    },
    ...(remote === undefined ? [publish] : []),
    {
      title: engine.name === 'existing' ? 'look at the cluster' : `start the cluster (${engine.name})`,
      run: async (say) => {
        const { state } = await engine.status();
        result.access = await engine.start(spec, say);
        result.kube = await deps.connect(result.access.kubeconfig, result.access.context);
        return state === 'running' ? 'already' : 'done';
      },
    },
    ...demoImageSteps(deps, engine, environment, () => plan.commit),
    ...(engine.name === 'existing' ? [] : [context]),
    {
      title: 'create namespaces and secrets',
      run: async () => {
        const { build, key } = before(checked);
        return applySecrets(before(result.kube), build, key, kubectlOfOthers(engine, result.access));
      },
    },
    { title: 'install Flux', run: async (say) => engine.installFlux(spec, say) },
    {
      title: 'connect Flux to the repository',
      run: async () => {
        const kube = before(result.kube);
        const source = await gitSourceOf(deps, engine, spec, kept);
        const commit = plan.pin ? plan.commit : undefined;
        if (engine.name === 'existing') await resumeRoot(kube);
        const connected = await connectRoot(
          kube,
          await rootSpecOf(deps, environment, engine, source, commit),
        );
        // Nothing watches a remote; and Flux does not watch the Secret, so that it would use a new one late.
        const knows =
          remote === undefined || (connected === 'already' && (await hasFetched(kube, plan.commit)));
        if (!knows) await requestFetch(kube, deps.clock);
        return connected;
      },
    },
    {
      title: 'wait until all is Ready',
      run: async (say) => {
        let outcome: 'already' | 'done' = 'already';
        result.model = await waitForCommit(
          deps,
          { environment, kept, kube: before(result.kube) },
          {
            timeoutMs: plan.timeoutMs,
            commit: plan.commit,
            say: (detail) => {
              outcome = 'done'; // there was something to wait for
              say(detail);
            },
          },
        );
        if (!plan.pin) await clearJournal(kept.journal); // another commit runs now: nothing is left to compare
        return outcome;
      },
    },
  ];
}

/** A removal from an existing cluster that was stopped half-way has suspended the root. */
async function resumeRoot(kube: Kube): Promise<void> {
  await kube.patch(
    { ...kustomizationKind, namespace: fluxNamespace, name: rootName },
    { spec: { suspend: null } },
  );
}

/** The root of an environment's cluster: from its values, and from where Flux reads the repository. */
export async function rootSpecOf(
  { root }: Pick<Deps, 'root'>,
  environment: Environment,
  engine: Pick<Engine, 'name'>,
  source: GitAccess,
  commit: string | undefined,
): Promise<RootSpec> {
  const { interval, retryInterval } = environment.values.flux;
  return {
    source,
    environment: environment.name,
    branch: environment.git.branch,
    commit,
    interval,
    retryInterval,
    rehearsal: environment.values.engine === 'existing' && engine.name !== 'existing',
    adapted: await adaptedComponents(root, engine),
  };
}
