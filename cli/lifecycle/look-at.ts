import { PlatformError } from '../errors/platform-error.ts';
import { findObject } from '../observe/find-object.ts';
import type { Part } from '../observe/model-parts.ts';
import type { Item, Model } from '../observe/model.ts';
import { readSnapshot } from '../observe/read-snapshot.ts';
import { reportStatus, type StatusReport } from '../observe/status-report.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { listEnvironments } from '../values/load-environment.ts';
import { openRunningCluster, type OpenCluster } from './open-cluster.ts';

/** A cluster, or the file of one, with the object of it that a person named. */
export interface Sight {
  readonly report: StatusReport;
  readonly model: Model;
  /** Undefined where none was named. */
  readonly object: Item | Part | undefined;
}

/** `[environment] [object]`: a first word that is no environment is an object of the only cluster there is. */
export async function wordsFrom(
  { root }: Pick<Deps, 'root'>,
  first: string | undefined,
  second: string | undefined,
): Promise<{ environment: string | undefined; object: string | undefined }> {
  if (first === undefined || second !== undefined) return { environment: first, object: second };
  const environments = await listEnvironments(root);
  return environments.includes(first)
    ? { environment: first, object: undefined }
    : { environment: undefined, object: first };
}

/**
 * Looks at a cluster that runs, or at what `platform status --json` printed of one.
 *
 * @param words `[environment] [object]`, as {@link wordsFrom} takes them.
 * @param from A file; then no cluster is asked, and a first word is its environment or an object.
 * @throws {PlatformError} CLUSTER_MISSING, CLUSTER_STOPPED, CLUSTER_UNREACHABLE, SNAPSHOT_UNREADABLE, USAGE;
 *   OBJECT_UNKNOWN, OBJECT_AMBIGUOUS.
 */
export async function lookAt(
  deps: Deps,
  [first, second]: readonly [string | undefined, string | undefined],
  from?: string,
): Promise<Sight> {
  if (from !== undefined) {
    const report = await readSnapshot(from);
    const { environment, model } = report;
    if (model) return sightOf(report, model, second ?? (first === environment ? undefined : first));
    throw new PlatformError(
      'SNAPSHOT_UNREADABLE',
      `${from} holds no model: the cluster did not answer when it was taken`,
      `platform status ${environment} --whole --json > ${from}`,
    );
  }
  const { environment, object } = await wordsFrom(deps, first, second);
  const { report, model } = await lookAtRunning(deps, environment);
  return sightOf(report, model, object);
}

function sightOf(report: StatusReport, model: Model, object: string | undefined): Sight {
  return { report, model, object: object === undefined ? undefined : findObject(model, object) };
}

/**
 * The whole of what is to be seen of a cluster that runs.
 *
 * @param name Without one: the only environment that has a cluster.
 * @throws {PlatformError} CLUSTER_MISSING, CLUSTER_STOPPED, CLUSTER_UNREACHABLE, USAGE.
 */
export async function lookAtRunning(
  deps: Deps,
  name: string | undefined,
): Promise<{ readonly kube: Kube; readonly report: StatusReport; readonly model: Model }> {
  const cluster = await openRunningCluster(deps, name);
  const report = await reportOn(deps, cluster, true);
  const { environment, model, unreachable } = report;
  if (model) return { kube: cluster.kube, report, model };
  throw new PlatformError(
    'CLUSTER_UNREACHABLE',
    unreachable ?? `the cluster of ${environment} does not answer`,
    `platform status ${environment}`,
  );
}

/**
 * What there is to say of a cluster, whether it runs or not.
 *
 * @param whole Reads also what a status does not show: names of Secrets, image automation.
 */
export async function reportOn(
  deps: Pick<Deps, 'run' | 'root' | 'clock'>,
  { environment, engine, engineStatus, access, kube, git }: OpenCluster,
  whole: boolean,
): Promise<StatusReport> {
  return reportStatus(deps, {
    environment: environment.name,
    engine: engine.name,
    standIns: engine.standIns,
    state: engineStatus.state,
    parts: engineStatus.parts,
    context: access?.context,
    kube,
    silent: engineStatus.silent,
    git,
    whole,
  });
}
