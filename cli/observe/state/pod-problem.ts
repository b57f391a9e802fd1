import type { KubeObject } from '../../ports/kube.ts';
import { conditionOf, fieldsAt, listAt, numberAt, textAt, valueAt } from '../fields.ts';

/** What keeps a pod from being ready. */
export interface PodProblem {
  /** As Kubernetes names it: `ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable`, `OOMKilled`, … */
  readonly reason: string;
  readonly message: string;
  readonly container?: string;
  readonly image?: string;
  readonly exitCode?: number;
  readonly restarts: number;
  /** ISO 8601; empty where nothing says. */
  readonly since: string;
}

/**
 * The first trouble of a pod: a container's waiting or terminated reason before the pod's phase, which stays Pending or
 * Running through most of them.
 *
 * @returns undefined for a pod that is ready, or has completed.
 */
export function podProblem(pod: KubeObject): PodProblem | undefined {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return undefined;
  const containers = [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ];
  for (const container of containers) {
    const problem = containerProblem(container);
    if (problem) return { ...problem, since: problem.since || (conditionOf(pod, 'Ready')?.since ?? '') };
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    return {
      reason: scheduled.reason || 'Unschedulable',
      message: scheduled.message,
      restarts: 0,
      since: scheduled.since,
    };
  }
  if (phase === 'Failed') {
    const reason = textAt(pod, 'status', 'reason') || 'Failed';
    return {
      reason,
      message: textAt(pod, 'status', 'message'),
      restarts: 0,
      since: textAt(pod, 'status', 'startTime'),
    };
  }
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'True') return undefined;
  const unready = containers.find((container) => valueAt(container, 'ready') === false);
  const since = ready?.since ?? pod.metadata.creationTimestamp ?? '';
  if (phase === 'Running' && unready !== undefined) {
    return {
      reason: 'NotReady',
      message: ready?.message ?? '',
      container: textAt(unready, 'name'),
      restarts: restartsOf(unready),
      since,
    };
  }
  return { reason: phase || 'Pending', message: ready?.message ?? '', restarts: 0, since };
}

/** Waiting reasons of a container that is on its way. */
const onItsWay = new Set(['ContainerCreating', 'PodInitializing', '']);

function containerProblem(status: unknown): PodProblem | undefined {
  const waiting = fieldsAt(status, 'state', 'waiting');
  const now = fieldsAt(status, 'state', 'terminated');
  const before = fieldsAt(status, 'lastState', 'terminated');
  const reason = textAt(waiting, 'reason');
  const container = textAt(status, 'name');
  const image = textAt(status, 'image');
  const restarts = restartsOf(status);
  if (!onItsWay.has(reason)) {
    const exitCode = numberAt(before, 'exitCode');
    return {
      reason: textAt(before, 'reason') === 'OOMKilled' ? 'OOMKilled' : reason,
      message: textAt(waiting, 'message'),
      container,
      image,
      restarts,
      ...(exitCode === undefined ? {} : { exitCode }),
      since: textAt(before, 'finishedAt'),
    };
  }
  const exitCode = numberAt(now, 'exitCode');
  // What ended well and was started before ends again and again: init containers and Jobs are not started twice.
  const again = exitCode === 0 && restarts > 0 && valueAt(status, 'ready') === false;
  if (exitCode === undefined || (exitCode === 0 && !again)) return undefined;
  const message = textAt(now, 'message');
  return {
    reason: textAt(now, 'reason') || 'Error',
    message,
    container,
    image,
    restarts,
    exitCode,
    since: textAt(now, 'finishedAt'),
  };
}

function restartsOf(status: unknown): number {
  return numberAt(status, 'restartCount') ?? 0;
}
