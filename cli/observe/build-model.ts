import { formatRef, refOf, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import { buildImages } from './build-images.ts';
import { buildJobs } from './build-jobs.ts';
import { buildOrder } from './build-order.ts';
import { buildParts } from './build-parts.ts';
import { buildSecrets } from './build-secrets.ts';
import { imageTagsOf, indexObjects, type ClusterIndex } from './cluster-index.ts';
import { buildEvents } from './events.ts';
import { ageSeconds, conditionOf, conditionsOf, textAt } from './fields.ts';
import { driftOf, historyOf, suspensionOf } from './marks.ts';
import { states, type Cause, type Item, type Model, type State } from './model.ts';
import type { ClusterObjects } from './read-cluster.ts';
import { conditionedState } from './state/conditioned-state.ts';
import { fluxState, sourceOf } from './state/flux-state.ts';
import { podProblem } from './state/pod-problem.ts';
import type { Seen } from './state/seen.ts';
import { replicaSetState, workloadKinds, workloadState } from './state/workload-state.ts';
import { blockerOf } from './why/blocker.ts';
import { explainObject, type SeenOf } from './why/explain.ts';

const sourceKinds: readonly string[] = ['GitRepository', 'OCIRepository', 'HelmRepository', 'HelmChart'];
const imageKinds: readonly string[] = ['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'];
/** Of External Secrets: a Secret that cannot be made is why pods do not start. */
const secretKinds: readonly string[] = ['ExternalSecret', 'SecretStore', 'ClusterSecretStore'];
const applierKinds: readonly string[] = ['Kustomization', 'HelmRelease'];
const fluxKinds: readonly string[] = [...sourceKinds, ...applierKinds, ...imageKinds];

/**
 * Makes the model of a cluster from its objects: every Flux object, and every workload, external secret and store in Flux's
 * inventory, each with its state and, where it is not Ready, the cause.
 *
 * @param now Milliseconds since the epoch, for ages.
 */
export function buildModel(cluster: ClusterObjects, now: number): Model {
  const { objects, notes, kinds } = cluster;
  const index = indexObjects(objects, now, cluster);
  const seen = new Map<string, Seen | undefined>();
  const seenOf: SeenOf = (id) => {
    if (!seen.has(id)) seen.set(id, look(index.find(id), index));
    return seen.get(id);
  };
  const items = refsToShow(index, kinds).map((ref) => itemFor(ref, index, seenOf));
  items.sort((a, b) => compareText(orderOf(a, index), orderOf(b, index)));
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const { state } of items) counts[state] += 1;
  return {
    takenAt: new Date(now).toISOString(),
    items,
    parts: buildParts(items, index, seenOf, (id) => explainObject(id, index, seenOf)),
    order: buildOrder(index),
    jobs: buildJobs(index),
    events: buildEvents(objects),
    images: buildImages(items, index),
    secrets: buildSecrets(items, index, kinds === undefined || kinds.includes('Secret')),
    counts,
    ready: items.length > 0 && counts.Ready === items.length,
    notes,
  };
}

/** The culprit of one object that is not Ready; undefined for one that is, or that the model does not hold. */
export function explain(model: Model, ref: ObjectRef | string): Cause | undefined {
  const id = typeof ref === 'string' ? ref : formatRef(ref);
  return model.items.find((item) => item.id === id)?.cause;
}

/** @param kinds Those that were read. Images are not in a wait: a deploy does not wait until a registry was asked. */
function refsToShow(index: ClusterIndex, kinds: readonly string[] | undefined): ObjectRef[] {
  const flux = index.all(...fluxKinds);
  const shown = new Map(flux.map((object) => [formatRef(refOf(object)), refOf(object)]));
  for (const owner of flux) {
    for (const ref of index.inventory(formatRef(refOf(owner)))) {
      const looked = kinds === undefined || !imageKinds.includes(ref.kind) || kinds.includes(ref.kind);
      const wanted =
        workloadKinds.includes(ref.kind) ||
        (isFluxRef(ref) && looked) ||
        (secretKinds.includes(ref.kind) && (kinds === undefined || kinds.includes(ref.kind)));
      if (wanted) shown.set(formatRef(ref), ref);
    }
  }
  return [...shown.values()];
}

function isFluxRef({ kind, apiVersion }: ObjectRef): boolean {
  return apiVersion.includes('.fluxcd.io/') && fluxKinds.includes(kind);
}

function look(object: KubeObject | undefined, index: ClusterIndex): Seen | undefined {
  if (!object) return undefined;
  if (workloadKinds.includes(object.kind)) return workloadState(object);
  if (fluxKinds.includes(object.kind)) return fluxState(object, index);
  const problem = object.kind === 'Pod' ? podProblem(object) : undefined;
  if (problem) {
    const starts = ['Pending', 'Running', 'NotReady'].includes(problem.reason);
    const message = [problem.reason, problem.message].filter((text) => text !== '').join(': ');
    return { state: starts ? 'Reconciling' : 'Failed', message, since: problem.since };
  }
  if (object.kind === 'ReplicaSet') return replicaSetState(object);
  if (object.kind === 'Pod') return { ...conditionedState(object), state: 'Ready' };
  if (object.kind === 'PersistentVolumeClaim' && textAt(object, 'status', 'phase') !== 'Bound')
    return { state: 'Reconciling', message: 'has no volume', since: object.metadata.creationTimestamp ?? '' };
  const { deletionTimestamp } = object.metadata;
  if (secretKinds.includes(object.kind) && !conditionOf(object, 'Ready') && !deletionTimestamp) {
    const message = 'External Secrets has not looked at it yet';
    return { state: 'Reconciling', message, since: object.metadata.creationTimestamp ?? '' };
  }
  return conditionedState(object);
}

function itemFor(ref: ObjectRef, index: ClusterIndex, seenOf: SeenOf): Item {
  const id = formatRef(ref);
  const object = index.find(id);
  const seen: Seen = seenOf(id) ?? {
    state: 'Unknown',
    message: "in Flux's inventory, and not in the cluster",
    since: '',
  };
  const ready = seen.state === 'Ready';
  const blockedBy =
    object && !ready && seen.state !== 'Suspended'
      ? blockerOf(object, index, (other) => seenOf(other)?.state)
      : undefined;
  return {
    id,
    ref,
    role: roleOf(ref.kind),
    state: seen.state,
    message: seen.message,
    ageSeconds: (object && ageSeconds(object, index.now)) ?? 0,
    ...defined({
      ...(object ? revisionsOf(object) : {}),
      source: object && sourceOf(object),
      owner: index.ownerOf(id),
      blockedBy,
      progress: seen.progress,
      ...(object ? detailsOf(object, index.now) : {}),
      cause: ready ? undefined : explainObject(id, index, seenOf),
    }),
  };
}

function roleOf(kind: string): Item['role'] {
  if (sourceKinds.includes(kind)) return 'source';
  if (imageKinds.includes(kind)) return 'image';
  return applierKinds.includes(kind) ? 'applier' : 'workload';
}

function detailsOf(
  object: KubeObject,
  now: number,
): Pick<Item, 'conditions'> & {
  [Key in 'uid' | 'resourceVersion' | 'badges' | 'suspension' | 'history']: Item[Key] | undefined;
} {
  const { uid, resourceVersion } = object.metadata;
  const drifted = workloadKinds.includes(object.kind) ? driftOf(object) : undefined;
  const history = historyOf(object);
  return {
    uid,
    resourceVersion,
    conditions: conditionsOf(object).map(({ type, status, reason, message, since }) => ({
      type,
      status,
      reason,
      message,
      since,
    })),
    badges: drifted && { drifted },
    suspension: suspensionOf(object, now),
    history: history.length === 0 ? undefined : history,
  };
}

/** Without the keys whose value is undefined or empty text. */
function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as never;
}

function revisionsOf(object: KubeObject): Partial<Record<'revision' | 'attempted' | 'inPlace', string>> {
  if (sourceKinds.includes(object.kind))
    return { revision: textAt(object, 'status', 'artifact', 'revision') };
  if (object.kind === 'HelmRelease') {
    const attempted = textAt(object, 'status', 'lastAttemptedRevision');
    return { revision: conditionOf(object, 'Ready')?.status === 'True' ? attempted : '', attempted };
  }
  if (object.kind !== 'Kustomization') return { revision: imageTagsOf(object) };
  const applied = textAt(object, 'status', 'lastAppliedRevision');
  // Before the build, Flux tells the revision it is at only in the words of its Reconciling condition.
  const doing = conditionOf(object, 'Reconciling')?.message ?? '';
  const tried = /for revision (\S+)/.exec(doing)?.[1] ?? textAt(object, 'status', 'lastAttemptedRevision');
  const checked =
    doing.startsWith('Running health checks') || conditionOf(object, 'Ready')?.reason === 'HealthCheckFailed';
  return { revision: applied, attempted: tried === applied ? '' : tried, inPlace: checked ? tried : applied };
}

/** Sources, then each applier followed by its workloads; a Kustomization that applies others comes before them. */
function orderOf({ id, role, owner }: Item, index: ClusterIndex): string {
  if (role === 'source') return `0 ${id}`;
  const applier = role === 'applier' ? id : (owner ?? id);
  const depth = index.ownerOf(applier) === undefined ? '1' : '2';
  return `${depth} ${applier} ${role === 'applier' ? '' : id}`;
}
