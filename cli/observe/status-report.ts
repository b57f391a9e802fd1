import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import type { Run } from '../ports/run.ts';
import { buildModel } from './build-model.ts';
import { readCommitNote, type CommitNote } from './commit-note.ts';
import type { Model } from './model.ts';
import { hashOf, rootOf } from './pending.ts';
import { kindsForStatus, readCluster, wholeKinds, type ClusterObjects } from './read-cluster.ts';

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
  /** What git knows of the applied commit; undefined where this clone does not have it. */
  readonly appliedCommit?: CommitNote | undefined;
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
  /** Reads also what a status does not show: names of Secrets, image automation. */
  readonly whole?: boolean;
}

/** Looks at the cluster and at git; a cluster that does not answer is part of the report, not an error. */
export async function reportStatus(
  deps: { readonly run: Run; readonly root: string; readonly clock: Clock },
  { kube, silent, git: here, whole = false, ...report }: StatusInput,
): Promise<StatusReport> {
  const stopped = report.parts.filter(({ state }) => state !== 'running' && state !== 'idle');
  const names = stopped.map(({ name }) => name);
  const seen =
    silent === undefined
      ? await seeModel(kube, deps.clock, { stopped: names, environment: report.environment }, whole)
      : { unreachable: silent };
  const git = await reportGit(deps, here, seen.model);
  return { ...report, git, ...seen, ...(seen.model ? { model: withBehind(seen.model, git) } : {}) };
}

/**
 * Where git stands against what a model says is applied.
 *
 * @param options.note Also asks git what the applied commit is.
 */
export async function reportGit(
  deps: { readonly run: Run; readonly root: string },
  { changed, ...position }: StatusInput['git'],
  model: Model | undefined,
  { note = false }: { readonly note?: boolean } = {},
): Promise<GitReport> {
  const applied = model && hashOf(rootOf(model)?.revision);
  const known = applied === undefined ? {} : await whatGitKnows(deps, applied, position.head, note);
  return { ...position, uncommitted: changed.length, applied, ...known };
}

/** Marks every Kustomization at the root's revision with how far it is behind HEAD. */
function withBehind(model: Model, { applied, ahead: behind }: GitReport): Model {
  if (behind === undefined || behind === 0) return model;
  const items = model.items.map((item) =>
    item.ref.kind === 'Kustomization' && hashOf(item.revision) === applied
      ? { ...item, badges: { ...item.badges, behind } }
      : item,
  );
  return { ...model, items };
}

/** True when the cluster runs whole and everything in it is Ready. */
export function isAllReady({ state, model }: StatusReport): boolean {
  return state === 'running' && model?.ready === true;
}

async function seeModel(
  kube: Kube | undefined,
  clock: Clock,
  about: Pick<ClusterObjects, 'stopped' | 'environment'>,
  whole: boolean,
): Promise<Pick<StatusReport, 'model' | 'unreachable'>> {
  if (!kube) return {};
  try {
    const objects = await readCluster(kube, whole ? wholeKinds : kindsForStatus);
    return { model: buildModel({ ...objects, ...about }, clock.now()) };
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'CLUSTER_UNREACHABLE')
      return { unreachable: error.message };
    throw error;
  }
}

/** git cannot tell when this clone does not have the applied commit, as one that somebody else pushed. */
async function whatGitKnows(
  { run, root }: { readonly run: Run; readonly root: string },
  applied: string,
  head: string,
  note: boolean,
): Promise<Pick<GitReport, 'ahead' | 'behind' | 'appliedCommit'>> {
  const git = gitIn(run, root);
  const between = async () => (applied === head ? { ahead: 0, behind: 0 } : git.distance(applied, head)); // mostly equal: git is not asked
  if (!note) return { ...(await between()) };
  const [distance, appliedCommit] = await Promise.all([between(), readCommitNote({ run, root }, applied)]);
  return { ...distance, ...(appliedCommit ? { appliedCommit } : {}) };
}
