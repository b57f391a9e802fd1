import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import type { Run } from '../ports/run.ts';
import { buildModel } from './build-model.ts';
import type { Model } from './model.ts';
import { hashOf, rootOf } from './pending.ts';
import { readCluster } from './read-cluster.ts';

/** One process or container that the cluster is made of; as an engine reports it. */
export interface PartReport {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  readonly lastExit?: { readonly reason: string; readonly at: string } | undefined;
  readonly log: string;
}

/** Where git stands against the cluster. */
export interface GitReport {
  /** Full hash of HEAD. */
  readonly head: string;
  readonly branch?: string | undefined;
  /** How many paths have uncommitted changes. */
  readonly uncommitted: number;
  /** What the cluster's repository was last pushed; undefined without one. */
  readonly published?: string | undefined;
  /** What the root Kustomization has applied; undefined before the first time. */
  readonly applied?: string | undefined;
  /** Commits that HEAD has and the applied one lacks, and the other way round; undefined where git cannot tell. */
  readonly ahead?: number | undefined;
  readonly behind?: number | undefined;
}

/** All that `platform status` says; its JSON. */
export interface StatusReport {
  readonly environment: string;
  readonly engine: string;
  readonly standIns: readonly string[];
  readonly state: 'absent' | 'stopped' | 'running' | 'degraded';
  readonly context?: string | undefined;
  readonly parts: readonly PartReport[];
  readonly git: GitReport;
  readonly model?: Model | undefined;
  /** Why there is no model although the cluster runs. */
  readonly unreachable?: string | undefined;
}

export interface StatusInput extends Omit<StatusReport, 'git' | 'model' | 'unreachable'> {
  readonly kube: Kube | undefined;
  /** Why there is no point in asking `kube`. */
  readonly silent?: string | undefined;
  readonly git: Pick<GitReport, 'head' | 'branch' | 'published'> & { readonly changed: readonly string[] };
}

/** Looks at the cluster and at git; a cluster that does not answer is part of the report, not an error. */
export async function reportStatus(
  deps: { readonly run: Run; readonly root: string; readonly clock: Clock },
  { kube, silent, git, ...report }: StatusInput,
): Promise<StatusReport> {
  const seen = silent === undefined ? await seeModel(kube, deps.clock) : { unreachable: silent };
  const applied = appliedCommit(seen.model);
  const distance = applied === undefined ? {} : await distanceBetween(deps, applied, git.head);
  const { changed, ...position } = git;
  return { ...report, git: { ...position, uncommitted: changed.length, applied, ...distance }, ...seen };
}

/** True when the cluster runs whole and everything in it is Ready. */
export function isAllReady({ state, model }: StatusReport): boolean {
  return state === 'running' && model?.ready === true;
}

async function seeModel(
  kube: Kube | undefined,
  clock: Clock,
): Promise<Pick<StatusReport, 'model' | 'unreachable'>> {
  if (!kube) return {};
  try {
    return { model: buildModel(await readCluster(kube), clock.now()) };
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'CLUSTER_UNREACHABLE')
      return { unreachable: error.message };
    throw error;
  }
}

function appliedCommit(model: Model | undefined): string | undefined {
  return model && hashOf(rootOf(model)?.revision);
}

/** git cannot tell when this clone does not have the applied commit, as one that somebody else pushed. */
async function distanceBetween(
  { run, root }: { readonly run: Run; readonly root: string },
  applied: string,
  head: string,
): Promise<Pick<GitReport, 'ahead' | 'behind'>> {
  if (applied === head) return { ahead: 0, behind: 0 }; // mostly so; git would be asked for nothing
  return (await gitIn(run, root).distance(applied, head)) ?? {};
}
