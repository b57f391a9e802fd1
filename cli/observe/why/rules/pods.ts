import type { KubeObject } from '../../../ports/kube.ts';
import { demoRegistry } from '../../../values/app-images.ts';
import { firstLine } from '../../fields.ts';
import { podProblem, type PodProblem } from '../../state/pod-problem.ts';
import { describeCommand, type Finding, type Rule } from '../rule.ts';

/** Rules on one pod, by the reason that Kubernetes gives for its container or for the pod itself. */
function podRule(
  name: string,
  reasons: readonly string[],
  find: (problem: PodProblem, pod: KubeObject) => Finding,
): Rule {
  return {
    name,
    kinds: ['Pod'],
    find: ({ object }) => {
      const problem = podProblem(object);
      return problem && (reasons.length === 0 || reasons.includes(problem.reason))
        ? find(problem, object)
        : undefined;
    },
  };
}

const pullReasons = [
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
];

export const podRules: readonly Rule[] = [
  podRule('image-pull', pullReasons, ({ reason, image = '', message, since }) => ({
    says: `${reason} of ${image}${pullTrouble(message)}`,
    next:
      demoHint(image) ??
      `Push ${image}, or correct the image in the environment's values: docker manifest inspect ${image}`,
    since,
  })),
  podRule(
    'crash-loop',
    ['CrashLoopBackOff', 'Error', 'OOMKilled', 'ContainerCannotRun', 'StartError'],
    (problem, pod) => {
      const { reason, container = '', exitCode, restarts, since } = problem;
      const memory = reason === 'OOMKilled' ? ', it needs more memory than its limit' : '';
      const code = exitCode === undefined ? '' : `, exit code ${exitCode}`;
      const again = restarts === 0 ? '' : `, restarted ${restarts} times`;
      return {
        says: `${reason} of container ${container}${code}${again}${memory}`,
        next: `kubectl logs -n ${pod.metadata.namespace ?? 'default'} ${pod.metadata.name} -c ${container} --tail 50${restarts > 0 ? ' --previous' : ''}`,
        since,
      };
    },
  ),
  podRule(
    'container-config',
    ['CreateContainerConfigError', 'CreateContainerError'],
    ({ reason, message, container = '', since }, pod) => ({
      says: `${reason} of container ${container}: ${firstLine(message)}`,
      next: missingReference(message, pod) ?? describeCommand(pod),
      since,
    }),
  ),
  podRule('unschedulable', ['Unschedulable', 'SchedulingGated'], ({ message, since }, pod) => ({
    says: `no node takes it, "${firstLine(message.split('. ')[0] ?? message)}"`,
    next: /insufficient/i.test(message)
      ? "Ask for less in the environment's values, or give it more nodes: kubectl describe nodes"
      : describeCommand(pod),
    since,
  })),
  {
    name: 'probe-failing',
    kinds: ['Pod'],
    find: ({ object }, index) => {
      const problem = podProblem(object);
      const warning = index
        .warningsOf(object)
        .find(({ reason }) => reason === 'Unhealthy' || reason === 'ProbeError');
      if (problem?.reason !== 'NotReady' || !warning) return undefined;
      return {
        says: `container ${problem.container ?? ''} runs and is not ready: ${firstLine(warning.message)}`,
        next: `kubectl logs -n ${object.metadata.namespace ?? 'default'} ${object.metadata.name} --tail 50`,
        since: problem.since,
      };
    },
  },
  {
    name: 'volume',
    kinds: ['Pod'],
    find: ({ object }, index) => {
      const warning = index
        .warningsOf(object)
        .find(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume');
      if (!warning || !podProblem(object)) return undefined;
      return { says: `${warning.reason}: ${firstLine(warning.message)}`, next: describeCommand(object) };
    },
  },
  podRule('pod-not-ready', [], ({ reason, message, since }, pod) => ({
    says: message === '' ? reason : `${reason}: ${firstLine(message)}`,
    next: describeCommand(pod),
    since,
  })),
];

/** No registry has the demo of an app; after a plain `git push` of another one, the nodes do not either. */
function demoHint(image: string): string | undefined {
  if (!image.startsWith(`${demoRegistry}/`)) return undefined;
  const app = image.slice(demoRegistry.length + 1).split(':')[0] ?? '';
  return `platform image build ${app} && platform image load ${app}`;
}

function pullTrouble(message: string): string {
  if (/not found|manifest unknown/i.test(message)) return ': there is no such image';
  if (/unauthorized|denied|authentication|403/i.test(message))
    return ': the registry refuses, credentials are missing or wrong';
  if (/no such host|dial tcp|timeout|connection refused/i.test(message))
    return ': the registry does not answer';
  return message === '' ? '' : `: ${firstLine(message)}`;
}

/** kubelet says `secret "x" not found`, `configmap "x" not found` or `couldn't find key k in Secret ns/x`. */
function missingReference(message: string, pod: KubeObject): string | undefined {
  const match =
    /\b(secret|configmap) "([^"]+)" not found/i.exec(message) ??
    /in (Secret|ConfigMap) [^/\s]+\/(\S+)/.exec(message);
  if (!match) return undefined;
  const [, kind = '', name = ''] = match;
  return `kubectl get -n ${pod.metadata.namespace ?? 'default'} ${kind.toLowerCase()} ${name}`;
}
