import type { KubeObject } from '../../ports/kube.ts';
import { conditionOf, numberAt, textAt, valueAt } from '../fields.ts';
import { beingDeleted, observedGeneration, type Seen } from './seen.ts';

export const workloadKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/** The state of a workload by its own status, as `kubectl rollout status` and kstatus judge it. */
export function workloadState(object: KubeObject): Seen {
  const deleting = beingDeleted(object);
  if (deleting) return deleting;
  if (object.kind === 'Job') return jobState(object);
  const since = object.metadata.creationTimestamp ?? '';
  const observed = observedGeneration(object);
  if (observed === undefined)
    return { state: 'Unknown', message: 'its controller has not looked at it yet', since };
  if (object.metadata.generation !== undefined && observed < object.metadata.generation) {
    return { state: 'Stale', message: 'changed, and its controller has not looked at the change yet', since };
  }
  if (object.kind === 'Deployment') return deploymentState(object);
  return object.kind === 'StatefulSet' ? statefulSetState(object) : daemonSetState(object);
}

/** Its Deployment and its pods answer for it, but for one thing that it alone knows: that its pods are refused. */
export function replicaSetState(object: KubeObject): Seen {
  const deleting = beingDeleted(object);
  if (deleting) return deleting;
  const refused = conditionOf(object, 'ReplicaFailure');
  if (refused?.status === 'True')
    return { state: 'Failed', message: `${refused.reason}: ${refused.message}`, since: refused.since };
  return { state: 'Ready', message: '', since: object.metadata.creationTimestamp ?? '' };
}

function deploymentState(object: KubeObject): Seen {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const { progress, words } = counted(
    wanted,
    numberAt(object, 'status', 'availableReplicas'),
    numberAt(object, 'status', 'replicas'),
  );
  const progressing = conditionOf(object, 'Progressing');
  const refused = conditionOf(object, 'ReplicaFailure');
  const available = conditionOf(object, 'Available');
  const since = available?.since ?? '';
  if (valueAt(object, 'spec', 'paused') === true)
    return { state: 'Suspended', message: `its rollout is paused, ${words}`, since, progress };
  if (progressing?.status === 'False')
    return {
      state: 'Failed',
      message: `${words}: ${progressing.message}`,
      since: progressing.since,
      progress,
    };
  if (refused?.status === 'True')
    return { state: 'Failed', message: `${words}: ${refused.message}`, since: refused.since, progress };
  const updated = numberAt(object, 'status', 'updatedReplicas') ?? 0;
  const done = updated >= wanted && progress.active <= updated && progress.ready >= wanted;
  return { state: done ? 'Ready' : 'Reconciling', message: words, since, progress };
}

function statefulSetState(object: KubeObject): Seen {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const { progress, words } = counted(
    wanted,
    numberAt(object, 'status', 'readyReplicas'),
    numberAt(object, 'status', 'replicas'),
  );
  const byHand = textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  const rolled =
    byHand || textAt(object, 'status', 'currentRevision') === textAt(object, 'status', 'updateRevision');
  const done = rolled && progress.ready >= wanted;
  return {
    state: done ? 'Ready' : 'Reconciling',
    message: words,
    since: object.metadata.creationTimestamp ?? '',
    progress,
  };
}

function daemonSetState(object: KubeObject): Seen {
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled') ?? 0;
  const { progress, words } = counted(
    wanted,
    numberAt(object, 'status', 'numberAvailable'),
    numberAt(object, 'status', 'currentNumberScheduled'),
  );
  const done =
    (numberAt(object, 'status', 'updatedNumberScheduled') ?? 0) >= wanted && progress.ready >= wanted;
  return {
    state: done ? 'Ready' : 'Reconciling',
    message: words,
    since: object.metadata.creationTimestamp ?? '',
    progress,
  };
}

function jobState(object: KubeObject): Seen {
  const wanted = numberAt(object, 'spec', 'completions') ?? 1;
  const ready = numberAt(object, 'status', 'succeeded') ?? 0;
  const active = numberAt(object, 'status', 'active') ?? 0;
  const failed = numberAt(object, 'status', 'failed') ?? 0;
  const progress = { ready, wanted, active };
  const failure = conditionOf(object, 'Failed');
  const complete = conditionOf(object, 'Complete');
  const since = textAt(object, 'status', 'startTime') || (object.metadata.creationTimestamp ?? '');
  if (failure?.status === 'True') {
    return {
      state: 'Failed',
      message: `${failure.reason}: ${failure.message}`,
      since: failure.since,
      progress,
    };
  }
  if (complete?.status === 'True')
    return { state: 'Ready', message: `${ready} of ${wanted} completed`, since: complete.since, progress };
  if (valueAt(object, 'spec', 'suspend') === true)
    return { state: 'Suspended', message: 'suspended', since, progress };
  const tries =
    failed === 0
      ? ''
      : `, ${failed} of ${(numberAt(object, 'spec', 'backoffLimit') ?? 6) + 1} attempts failed`;
  return {
    state: 'Reconciling',
    message: `${ready} of ${wanted} completed, ${active} running${tries}`,
    since,
    progress,
  };
}

function counted(
  wanted: number,
  ready = 0,
  active = 0,
): { progress: NonNullable<Seen['progress']>; words: string } {
  return { progress: { ready, wanted, active }, words: `${ready} of ${wanted} available` };
}
