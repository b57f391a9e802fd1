import { formatRef, type KubeObject } from '../../ports/kube.ts';
import { requestAnnotation } from '../../reconcile/request-annotation.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import { conditionOf, textAt, valueAt } from '../fields.ts';
import { tidyMessage } from './tidy-message.ts';
import { beingDeleted, observedGeneration, type Seen } from './seen.ts';

/** Reasons of Ready=False that say "not yet", and not "it failed". */
const waitingReasons = new Set(['DependencyNotReady', 'SourceNotReady']);

/** Ready=False with these is an attempt that was broken off for a newer one. */
const supersededReasons = new Set(['HealthCheckCanceled']);

/**
 * The state of a Flux object, by its conditions; the order is that of {@link states}, with one exception: an object
 * that is working on a new attempt keeps the Ready=False of the last one, and is Reconciling all the same.
 */
export function fluxState(object: KubeObject, index: ClusterIndex): Seen {
  const deleting = beingDeleted(object);
  if (deleting) return deleting;
  const ready = conditionOf(object, 'Ready');
  const since = ready?.since ?? object.metadata.creationTimestamp ?? '';
  const message = tidyMessage(ready?.message ?? '');
  if (valueAt(object, 'spec', 'suspend') === true)
    return {
      state: 'Suspended',
      message: message === '' ? 'suspended' : `suspended; before: ${message}`,
      since,
    };
  if (object.kind === 'HelmRepository' && textAt(object, 'spec', 'type') === 'oci') {
    return { state: 'Ready', message: 'an OCI registry, read when a chart is', since }; // Flux gives it no conditions
  }
  const observed = observedGeneration(object);
  if (!ready || observed === undefined) {
    return { state: 'Unknown', message: 'its controller has not looked at it yet', since };
  }
  const stale = staleness(object, observed);
  if (stale !== undefined) return { state: 'Stale', message: stale, since };

  const stalled = conditionOf(object, 'Stalled');
  if (stalled?.status === 'True')
    return { state: 'Failed', message: stalled.message || message, since: stalled.since };
  const reconciling = conditionOf(object, 'Reconciling');
  const working = reconciling?.status === 'True';
  const unfetched = conditionOf(object, 'FetchFailed');
  if (working && unfetched?.status === 'True') {
    // A source that never had an artifact says "building artifact" for a moment at each new try.
    return { state: 'Failed', message: tidyMessage(unfetched.message), since: unfetched.since };
  }
  if (ready.status === 'False') {
    if (waitingReasons.has(ready.reason) || sourceIsNotReady(object, ready.reason, index))
      return { state: 'Waiting', message, since };
    const newAttempt = working && reconciling.reason === 'Progressing';
    if (newAttempt) return { state: 'Reconciling', message: reconciling.message, since: reconciling.since };
    if (supersededReasons.has(ready.reason)) return { state: 'Reconciling', message, since };
    return { state: 'Failed', message, since };
  }
  if (working)
    return { state: 'Reconciling', message: reconciling.message || message, since: reconciling.since };
  if (ready.status === 'Unknown') return { state: 'Reconciling', message, since };
  return { state: 'Ready', message, since };
}

function staleness({ metadata, ...rest }: KubeObject, observed: number): string | undefined {
  if (metadata.generation !== undefined && observed < metadata.generation) {
    return `changed, and its controller has not looked at generation ${metadata.generation} yet`;
  }
  const requested = metadata.annotations?.[requestAnnotation];
  if (requested !== undefined && requested !== textAt(rest, 'status', 'lastHandledReconcileAt')) {
    return 'asked to reconcile, and has not begun';
  }
  return undefined;
}

function sourceIsNotReady(object: KubeObject, reason: string, index: ClusterIndex): boolean {
  if (reason !== 'ArtifactFailed' && reason !== 'NoSourceArtifact') return false;
  const id = sourceOf(object);
  const source = id === undefined ? undefined : index.find(id);
  return source !== undefined && fluxState(source, index).state !== 'Ready';
}

/** The id of the object that a Flux object is made from. */
export function sourceOf(object: KubeObject): string | undefined {
  const namespace = object.metadata.namespace;
  if (object.kind === 'HelmRelease') {
    const chart = textAt(object, 'status', 'helmChart'); // `<namespace>/<name>`
    if (chart !== '') return `HelmChart/${chart}`;
    return refAt(
      valueAt(object, 'spec', 'chart', 'spec', 'sourceRef') ?? valueAt(object, 'spec', 'chartRef'),
      namespace,
    );
  }
  return refAt(valueAt(object, 'spec', 'sourceRef'), namespace);
}

function refAt(value: unknown, namespace: string | undefined): string | undefined {
  const kind = textAt(value, 'kind');
  if (kind === '') return undefined;
  return formatRef({
    apiVersion: '',
    kind,
    namespace: textAt(value, 'namespace') || namespace,
    name: textAt(value, 'name'),
  });
}
