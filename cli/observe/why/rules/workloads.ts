import { conditionOf, firstLine } from '../../fields.ts';
import type { ClusterIndex } from '../../cluster-index.ts';
import type { KubeObject } from '../../../ports/kube.ts';
import { podProblem } from '../../state/pod-problem.ts';
import { describeCommand, type Rule } from '../rule.ts';

/** Why no pod could be made: the API server's answer to the controller, from the event and the condition it leaves. */
const refusals: readonly {
  name: string;
  pattern: RegExp;
  says: (message: string) => string;
  next: string | undefined;
}[] = [
  {
    name: 'quota',
    pattern: /exceeded quota: (.*)$/,
    says: (detail) => `the namespace's quota refuses its pods (${detail})`,
    next: 'kubectl describe resourcequota -n NAMESPACE',
  },
  {
    name: 'limit-range',
    pattern: /is forbidden: ((?:maximum|minimum) .* usage per .*|.*LimitRange.*)$/,
    says: (detail) => `the namespace's limits refuse its pods (${detail})`,
    next: 'kubectl describe limitrange -n NAMESPACE',
  },
  {
    name: 'pod-security',
    pattern: /violates PodSecurity (.*)$/,
    says: (detail) => `pod security refuses its pods (${detail})`,
    next: "Correct the pod's securityContext in the app's base: platform validate names the fields",
  },
  {
    name: 'service-account',
    pattern: /serviceaccount "([^"]+)" not found/,
    says: (name) => `the ServiceAccount ${name} does not exist`,
    next: 'kubectl get serviceaccounts -n NAMESPACE',
  },
  {
    name: 'webhook',
    pattern: /admission webhook (.*)$|failed calling webhook (.*)$/,
    says: (detail) => `an admission webhook refuses its pods (${detail})`,
    next: 'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
  },
  {
    name: 'pod-refused',
    pattern: /(.*)/,
    says: (message) => `its pods are refused (${message})`,
    next: undefined,
  },
];

const refusalRules: readonly Rule[] = refusals.map(({ name, pattern, says, next }) => ({
  name,
  kinds: ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job'],
  find: ({ object }, index) => {
    const refused = podsRefused(object, index);
    const match = refused && pattern.exec(firstLine(refused.message, 600));
    if (!match) return undefined;
    const command = next?.replace('NAMESPACE', object.metadata.namespace ?? 'default');
    return {
      says: says(firstLine(match[1] ?? match[2] ?? '', 200)),
      next: command ?? describeCommand(object),
      since: refused.since,
    };
  },
}));

function podsRefused(
  object: KubeObject,
  index: ClusterIndex,
): { message: string; since: string } | undefined {
  const condition = conditionOf(object, 'ReplicaFailure');
  if (condition?.status === 'True') return condition;
  if (index.childrenOf(object).some(({ kind }) => kind === 'Pod')) return undefined; // an old event, it went well since
  const event = index.warningsOf(object).find(({ reason }) => reason === 'FailedCreate');
  return event && { message: event.message, since: event.at };
}

export const workloadRules: readonly Rule[] = [
  {
    name: 'job-failed',
    kinds: ['Job'],
    find: ({ object, seen }, index) => {
      const failed = conditionOf(object, 'Failed');
      if (failed?.status !== 'True') return undefined;
      const problems = index.childrenOf(object).map(podProblem);
      const problem = problems.find((found) => found !== undefined);
      const how =
        problem?.exitCode === undefined
          ? `: ${firstLine(failed.message)}`
          : `, container ${problem.container ?? ''} ended with exit code ${problem.exitCode}`;
      const where = `-n ${object.metadata.namespace ?? 'default'} job/${object.metadata.name}`;
      return {
        says: `failed (${failed.reason}${how})`,
        // What ran out of time was deleted with its log.
        next: problems.length === 0 ? `kubectl describe ${where}` : `kubectl logs ${where} --tail 50`,
        since: seen.since,
        final: true,
      };
    },
  },
  ...refusalRules,
  {
    name: 'job-running',
    kinds: ['Job'],
    find: ({ object, seen }) =>
      (seen.progress?.active ?? 0) > 0
        ? {
            says: `still runs (${seen.message})`,
            next: `kubectl logs -n ${object.metadata.namespace ?? 'default'} job/${object.metadata.name} -f`,
          }
        : undefined,
  },
  {
    name: 'rollout-paused',
    kinds: ['Deployment'],
    find: ({ object, seen }) =>
      seen.state === 'Suspended'
        ? {
            says: 'its rollout is paused',
            next: `kubectl rollout resume -n ${object.metadata.namespace ?? 'default'} deployment/${object.metadata.name}`,
          }
        : undefined,
  },
  {
    name: 'rollout-stuck',
    kinds: ['Deployment'],
    find: ({ object }) => {
      const progressing = conditionOf(object, 'Progressing');
      if (progressing?.status !== 'False') return undefined;
      return {
        says: `its rollout is stuck: ${progressing.message}`,
        next: describeCommand(object),
        since: progressing.since,
      };
    },
  },
];
