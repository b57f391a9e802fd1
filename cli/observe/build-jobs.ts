import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { compareText } from '../values/compare-text.ts';
import type { ClusterIndex } from './cluster-index.ts';
import { conditionOf, fieldsAt, listAt, numberAt, textAt } from './fields.ts';
import type { Attempt, JobRun } from './model-parts.ts';
import { podProblem } from './state/pod-problem.ts';
import { workloadState } from './state/workload-state.ts';

/** All Jobs with their tries, by name. */
export function buildJobs(index: ClusterIndex): JobRun[] {
  return index
    .all('Job')
    .map((job) => jobRun(job, index))
    .sort((a, b) => compareText(a.id, b.id));
}

function jobRun(job: KubeObject, index: ClusterIndex): JobRun {
  const { state, message } = workloadState(job);
  const count = (name: string): number => numberAt(job, 'status', name) ?? 0;
  const startedAt = textAt(job, 'status', 'startTime');
  const failed = conditionOf(job, 'Failed');
  const endedAt = textAt(job, 'status', 'completionTime') || (failed?.status === 'True' ? failed.since : '');
  const spanMs = (endedAt === '' ? index.now : Date.parse(endedAt)) - Date.parse(startedAt);
  return {
    id: formatRef(refOf(job)),
    state,
    message,
    wanted: numberAt(job, 'spec', 'completions') ?? 1,
    succeeded: count('succeeded'),
    failed: count('failed'),
    active: count('active'),
    parallelism: numberAt(job, 'spec', 'parallelism') ?? 1,
    backoffLimit: numberAt(job, 'spec', 'backoffLimit') ?? 6,
    ...(startedAt === '' ? {} : { startedAt }),
    ...(endedAt === '' ? {} : { endedAt }),
    ...(Number.isNaN(spanMs) ? {} : { seconds: Math.max(0, Math.round(spanMs / 1000)) }),
    attempts: index
      .childrenOf(job)
      .filter(({ kind }) => kind === 'Pod')
      .map(attempt)
      .sort((a, b) => compareText(a.startedAt ?? '', b.startedAt ?? '')),
  };
}

function attempt(pod: KubeObject): Attempt {
  const phase = textAt(pod, 'status', 'phase');
  const problem = podProblem(pod);
  const ended = listAt(pod, 'status', 'containerStatuses').map((each) =>
    fieldsAt(each, 'state', 'terminated'),
  );
  const exitCode = ended.map((each) => numberAt(each, 'exitCode')).find((code) => code !== undefined);
  const startedAt = textAt(pod, 'status', 'startTime') || pod.metadata.creationTimestamp;
  const endedAt = ended.map((each) => textAt(each, 'finishedAt')).find((at) => at !== '');
  const failed = phase === 'Failed' || (problem !== undefined && exitCode !== undefined);
  return {
    pod: formatRef(refOf(pod)),
    state: failed ? 'Failed' : phase === 'Succeeded' ? 'Ready' : 'Reconciling',
    message: problem ? [problem.reason, problem.message].filter((text) => text !== '').join(': ') : phase,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
