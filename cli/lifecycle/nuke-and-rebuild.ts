import { removeContext } from '../engines/kubeconfig.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { buildModel } from '../observe/build-model.ts';
import type { Model } from '../observe/model.ts';
import { readCluster } from '../observe/read-cluster.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import { connectRoot } from '../reconcile/connect-root.ts';
import { fluxNamespace, kustomizationKind, rootName } from '../reconcile/root-objects.ts';
import { readAppliedCommit } from './applied-revision.ts';
import { buildUpSteps, rootSpecOf, type BootstrapResult } from './bootstrap.ts';
import { checkRemoteSteps } from './git-check.ts';
import { gitSourceOf } from './git-source.ts';
import { compareInventories, type InventoryComparison } from './inventory/compare.ts';
import { takeInventory } from './inventory/snapshot.ts';
import { clearJournal, readJournal, writeJournal, type Journal } from './journal.ts';
import { findLosses, type Losses } from './losses.ts';
import { notRunning, type OpenCluster } from './open-cluster.ts';
import { removalSteps } from './remove-existing.ts';
import type { Step } from './steps.ts';

/** What a rebuild will do, shown before it is confirmed. */
export interface NukePlan {
  readonly environment: string;
  /** The commit that was applied, from which all is rebuilt. */
  readonly commit: string;
  /** Objects in the inventory that has to come back. */
  readonly objects: number;
  readonly losses: Losses;
  /** What has failed now, one sentence each: the same commit may well fail again. */
  readonly failing: readonly string[];
  /** Commits of this clone that the cluster never got: they are no part of the rebuild. */
  readonly commitsNotPushed: number;
  /** True when an earlier run was stopped on the way. */
  readonly resumed: boolean;
  readonly journal: Journal;
}

/**
 * Takes the inventory of a running cluster, or finds the one that an interrupted run took.
 *
 * @throws {PlatformError} CLUSTER_MISSING, CLUSTER_STOPPED; RECONCILE_FAILED when nothing was ever applied.
 */
export async function planNuke(deps: Deps, cluster: OpenCluster): Promise<NukePlan> {
  const { environment, engine, kept, kube, git } = cluster;
  const unfinished = await readJournal(kept.journal);
  const commitsNotPushed =
    git.published === undefined
      ? 0
      : ((await gitIn(deps.run, deps.root).distance(git.published, git.head))?.ahead ?? 0);
  const resume = (from: Journal): NukePlan => ({
    ...shared(from),
    losses: { volumes: [], notInGit: [], jobsThatRunAgain: [] },
    failing: [],
    commitsNotPushed,
    resumed: true,
  });
  if (unfinished && (unfinished.phase === 'rebuilding' || !kube)) return resume(unfinished);
  if (!kube) throw notRunning(cluster);
  if (unfinished && engine.name === 'existing' && (await isHalfRemoved(kube))) return resume(unfinished);
  try {
    return await planAnew(kube);
  } catch (error) {
    // Killed while it destroyed: what still answered a moment ago is gone now.
    if (unfinished && error instanceof PlatformError && error.code === 'CLUSTER_UNREACHABLE') {
      return resume(unfinished);
    }
    throw error;
  }

  /** Also after a run that was killed before it destroyed anything: the cluster may have changed since. */
  async function planAnew(kube: Kube): Promise<NukePlan> {
    const commit = await readAppliedCommit(kube);
    if (commit === undefined) {
      throw new PlatformError(
        'RECONCILE_FAILED',
        `Flux never applied anything to ${environment.name}, so there is nothing to bring back`,
        `platform bootstrap ${environment.name}`,
      );
    }
    const before = await takeInventory(kube, deps.clock.now(), commit);
    const journal: Journal = {
      formatVersion: 1,
      operation: 'nuke-and-rebuild',
      startedAt: new Date(deps.clock.now()).toISOString(),
      commit,
      before,
      phase: 'destroying',
    };
    return {
      ...shared(journal),
      losses: await findLosses(kube, before),
      failing: failuresIn(
        buildModel({ ...(await readCluster(kube)), environment: environment.name }, deps.clock.now()),
      ),
      commitsNotPushed,
      resumed: false,
    };
  }

  function shared(from: Journal): Pick<NukePlan, 'environment' | 'commit' | 'objects' | 'journal'> {
    return {
      environment: environment.name,
      commit: from.commit,
      objects: from.before.objects.length,
      journal: from,
    };
  }
}

/** True once the platform's removal from an existing cluster has begun: its first act is to suspend the root. */
async function isHalfRemoved(kube: Kube): Promise<boolean> {
  const root = await kube.get({ ...kustomizationKind, namespace: fluxNamespace, name: rootName });
  return root === undefined || (root['spec'] as { suspend?: boolean }).suspend === true;
}

function failuresIn({ items }: Model): string[] {
  const failed = items.filter(({ state }) => state === 'Failed');
  return [...new Set(failed.map(({ id, cause, message }) => cause?.sentence ?? `${id}: ${message}`))];
}

/** What the steps leave behind. */
export interface NukeResult extends BootstrapResult {
  comparison?: InventoryComparison;
  /** What an existing cluster kept of the platform while it was taken out, one sentence each. */
  stays?: string[];
}

/** Destroys and rebuilds. The journal is written first and cleared last, so that any stop can be resumed. */
export function nukeSteps(
  deps: Deps,
  cluster: OpenCluster,
  plan: NukePlan,
  timeoutMs: number,
  result: NukeResult,
): Step[] {
  const { environment, engine, kept } = cluster;
  const { journal } = plan;
  const target = { environment, engine, commit: plan.commit, pin: true, timeoutMs };
  const rebuild = buildUpSteps(deps, target, result);
  const keep: Step[] = [
    {
      title: 'keep the inventory of what is there',
      run: async () => {
        if (plan.resumed) return 'already';
        await writeJournal(kept.journal, journal);
        return 'done';
      },
    },
  ];
  const gone = async (): Promise<'done'> => {
    await writeJournal(kept.journal, { ...journal, phase: 'rebuilding' });
    return 'done';
  };
  const own: Step = {
    title: 'destroy the cluster',
    run: async (say) => {
      const access = await engine.access();
      if (access) await removeContext(deps, access);
      await engine.delete(say);
      return gone();
    },
  };
  result.stays = [];
  const ways =
    engine.name === 'existing'
      ? [...removalSteps(deps, cluster, result.stays), { title: 'note that it is gone', run: gone }]
      : [own];
  const destroy = ways.map((step): Step => ({
    ...step,
    run: async (say) => (journal.phase === 'rebuilding' ? 'already' : step.run(say)),
  }));
  const compare: Step[] = [
    {
      title: 'compare with the inventory from before',
      run: async () => {
        if (!result.kube) throw new Error('the comparison runs before the rebuild');
        const after = await takeInventory(result.kube, deps.clock.now());
        result.comparison = compareInventories(journal.before, after);
        const spec = { environment, repository: kept.repository };
        const source = await gitSourceOf(deps, engine, spec, kept);
        await connectRoot(result.kube, await rootSpecOf(deps, environment, engine, source, undefined));
        await clearJournal(kept.journal);
        return 'done';
      },
    },
  ];
  return [...checkRemoteSteps(deps, target, kept), ...keep, ...destroy, ...rebuild, ...compare];
}
