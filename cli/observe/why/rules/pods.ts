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
  podRule('image-pull', pullReasons, ({ reason, image = '', message, since }, pod) => {
    const { says, next } = pullTrouble(reason, message, image, pod);
    return { says: `${reason} of ${image}${says}`, next: demoHint(image) ?? next, since };
  }),
  podRule('command-missing', ['RunContainerError', 'StartError', 'ContainerCannotRun'], (problem) => {
    const { reason, container = '', message, since } = problem;
    const program = /exec: "([^"]+)"/.exec(message)?.[1];
    return {
      says: program
        ? `container ${container} cannot start: its image has no program ${program}, or may not run it`
        : `${reason} of container ${container}: ${firstLine(message)}`,
      next: "Correct the container's command in the app's base, or the image in the environment's values",
      since,
    };
  }),
  {
    name: 'liveness-probe',
    kinds: ['Pod'],
    find: ({ object }, index) => {
      const problem = podProblem(object);
      const probe = index
        .warningsOf(object)
        .find(({ reason, message }) => reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(message));
      if (!probe || !problem || !(problem.restarts > 0) || problem.reason === 'OOMKilled') return undefined;
      const { container = '', restarts, since } = problem;
      return {
        says: `container ${container} is killed again and again (restarted ${times(restarts)}): ${firstLine(probe.message)}`,
        next: logsOf(object, container, true),
        since,
      };
    },
  },
  podRule('out-of-memory', ['OOMKilled'], ({ container = '', exitCode = 137, restarts, since }) => ({
    says: `OOMKilled of container ${container}, exit code ${exitCode}${restartText(restarts)}, it needs more memory than its limit`,
    next: "Raise its memory limit in the environment's values (resources.limits.memory), then platform deploy",
    since,
  })),
  podRule('crash-loop', ['CrashLoopBackOff', 'Error', 'Completed'], (problem, pod) => {
    const { reason, container = '', exitCode, restarts, since } = problem;
    const code = exitCode === undefined ? '' : `, exit code ${exitCode}`;
    const well = exitCode === 0 ? ', it ends by itself, and should go on running' : '';
    return {
      says: `${reason} of container ${container}${code}${restartText(restarts)}${well}`,
      next: logsOf(pod, container, restarts > 0),
      since,
    };
  }),
  podRule(
    'container-config',
    ['CreateContainerConfigError', 'CreateContainerError'],
    ({ reason, message, container = '', since }, pod) => {
      const asRoot = message.includes('runAsNonRoot and image will run as root');
      return {
        says: `${reason} of container ${container}: ${firstLine(message.replace(/ \(pod: .*\)$/, ''))}`,
        next: asRoot
          ? "Give the image a USER with a number, or set runAsUser in the app's base"
          : (missingReference(message, pod) ?? describeCommand(pod)),
        since,
      };
    },
  ),
  podRule('unschedulable', ['Unschedulable', 'SchedulingGated'], ({ message, since }, pod) => ({
    says: `no node takes it, "${firstLine(message.split('. ')[0] ?? message)}"`,
    next: placeHint(message) ?? describeCommand(pod),
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
      return {
        says: `${warning.reason}: ${firstLine(warning.message)}`,
        next: missingReference(warning.message, object) ?? describeCommand(object),
      };
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

/** What a pull fails by, as containerd 2 says it. */
function pullTrouble(
  reason: string,
  message: string,
  image: string,
  pod: KubeObject,
): { says: string; next: string } {
  const said = message === '' ? '' : `: ${firstLine(message)}`;
  if (reason === 'InvalidImageName')
    return { says: said, next: "Correct the image in the environment's values: names are in lower case" };
  if (reason === 'ErrImageNeverPull')
    return {
      says: ': the nodes do not have it, and are told never to pull it',
      next: `Load ${image} into the nodes (platform image load), or let them pull it: imagePullPolicy: IfNotPresent`,
    };
  const push = `Push ${image}, or correct the image in the environment's values: docker manifest inspect ${image}`;
  if (/not found|manifest unknown/i.test(message)) return { says: ': there is no such image', next: push };
  if (/unauthorized|denied|authentication|authorization|40[13]/i.test(message))
    return {
      says: ': the registry refuses, credentials are missing or wrong',
      next: `Give the pod an imagePullSecret that the registry takes: kubectl get -n ${pod.metadata.namespace ?? 'default'} secrets --field-selector type=kubernetes.io/dockerconfigjson`,
    };
  if (/no such host|dial tcp|timeout|connection refused/i.test(message))
    return {
      says: ': the registry does not answer',
      next: `Correct the image in the environment's values, or see whether its registry is up: curl -sSI https://${registryOf(image)}/v2/`,
    };
  return { says: said, next: push };
}

/** The first word of an image is its registry where it looks like a host. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'registry-1.docker.io';
}

/** What to look at by the scheduler's words. */
function placeHint(message: string): string | undefined {
  if (/insufficient/i.test(message))
    return "Ask for less in the environment's values, or give it more nodes: kubectl describe nodes";
  if (message.includes('untolerated taint'))
    return 'Tolerate the taint in the base, or take it off: kubectl get nodes --output custom-columns=NAME:.metadata.name,TAINTS:.spec.taints';
  if (message.includes('node affinity/selector'))
    return 'Label a node, or correct nodeSelector in the base: kubectl get nodes --show-labels';
  return undefined;
}

function logsOf({ metadata }: KubeObject, container: string, previous: boolean): string {
  const place = `-n ${metadata.namespace ?? 'default'} ${metadata.name} -c ${container}`;
  return `kubectl logs ${place} --tail 50${previous ? ' --previous' : ''}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function restartText(restarts: number): string {
  return restarts === 0 ? '' : `, restarted ${times(restarts)}`;
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
