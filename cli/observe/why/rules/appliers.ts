import type { ClusterIndex } from '../../cluster-index.ts';
import { firstLine, textAt } from '../../fields.ts';
import { describeCommand, platformCommand, type Finding, type Rule, type Subject } from '../rule.ts';

function kustomizationRule(
  name: string,
  reasons: readonly string[],
  pattern: RegExp,
  find: (match: RegExpExecArray, subject: Subject, index: ClusterIndex) => Finding,
): Rule {
  return {
    name,
    kinds: ['Kustomization'],
    find: (subject, index) => {
      if (!reasons.includes(subject.reason)) return undefined;
      const match = pattern.exec(subject.seen.message);
      return match ? find(match, subject, index) : undefined;
    },
  };
}

/** What kustomize-controller 1.9 says when it cannot fetch, build or apply; the texts were seen on a real one. */
export const kustomizationRules: readonly Rule[] = [
  kustomizationRule(
    'path-missing',
    ['ArtifactFailed'],
    /path not found: l?stat ([^:]*)/,
    ([, path = ''], { object }, index) => ({
      says: `the repository has no folder ${path}`,
      next: `Commit the folder ${path}, or correct spec.path of Kustomization/${object.metadata.name}: ${platformCommand(index, 'render')}`,
      final: true,
    }),
  ),
  kustomizationRule(
    'decryption',
    ['BuildFailed', 'ReconciliationFailed'],
    /decrypt|sops|age identit|^secrets "[^"]+" not found/i, // the last is all it says of a key that is not there
    (_, { object, seen }) => ({
      says: `its secrets cannot be decrypted (${firstLine(seen.message, 160)})`,
      next: `kubectl get -n ${object.metadata.namespace ?? 'default'} secret ${textAt(object, 'spec', 'decryption', 'secretRef', 'name') || 'sops-age'}`,
    }),
  ),
  kustomizationRule('build-failed', ['BuildFailed'], /[\s\S]*/, (_, { object, seen }, index) => ({
    says: firstLine(seen.message, 400),
    next: `${platformCommand(index, 'validate')} (the folder is ${textAt(object, 'spec', 'path')})`,
    final: !/https?:\/\/|git@|timeout|dial tcp/.test(seen.message), // a remote base may come back
  })),
  kustomizationRule(
    'immutable',
    ['ReconciliationFailed'],
    /^(\w+)\/(\S+) dry-run failed.*? is invalid: \[?([^\s:]+): [\s\S]*(?:immutable|may not be changed)/,
    ([, kind = '', name = '', field = ''], _, index) => ({
      says: `${kind} ${name} cannot be changed in place: ${field} is immutable`,
      next:
        kind === 'Job'
          ? `${platformCommand(index, 'render')} (a changed Job gets a new name)`
          : `Give it a new name, or delete it so that Flux makes it again: kubectl delete ${kind.toLowerCase()} ${shortName(name)}`,
      final: true,
    }),
  ),
  kustomizationRule(
    'kind-unknown',
    ['ReconciliationFailed'],
    /no matches for kind "([^"]+)" in version "([^"]+)"/,
    ([, kind = '', version = '']) => ({
      says: `the cluster knows no ${kind} in ${version}: its CRD is not installed yet`,
      next: `Let it depend on the component that installs ${kind}: kubectl api-resources --api-group=${version.split('/')[0] ?? ''}`,
    }),
  ),
  kustomizationRule(
    'namespace-missing',
    ['ReconciliationFailed'],
    /namespaces "([^"]+)" not found/,
    ([, namespace = '']) => ({
      says: `the namespace ${namespace} does not exist`,
      next: `If infrastructure/namespaces has it, Flux tries again by itself; else add it there: kubectl get namespace ${namespace}`,
    }),
  ),
  kustomizationRule(
    'apply-webhook',
    ['ReconciliationFailed'],
    /^(\w+)\/(\S+) dry-run failed.*?(?:admission webhook|failed calling webhook) ([\s\S]*)/,
    ([, kind = '', name = '', detail = '']) => ({
      says: `an admission webhook refuses ${kind} ${name} (${firstLine(detail)})`,
      next: 'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    }),
  ),
  kustomizationRule(
    'apply-rejected',
    ['ReconciliationFailed'],
    /^(\w+)\/(\S+) dry-run failed(?: \((\w+)\))?: ([\s\S]*)/,
    ([, kind = '', name = '', reason = '', why = ''], _, index) => ({
      says: `the API server refuses ${kind} ${name}: ${firstLine(why.replace(/^.*? is invalid: /, ''))}`,
      next: platformCommand(index, 'validate'),
      final: reason === 'Invalid' || reason === 'BadRequest',
    }),
  ),
  kustomizationRule('health-check', ['HealthCheckFailed'], /\[(.*)\]/, ([, objects = ''], { object }) => ({
    says: `not healthy in time: ${firstLine(objects)}`,
    next: describeCommand(object),
  })),
  kustomizationRule('dependency-not-ready', ['DependencyNotReady'], /[\s\S]*/, (_, { object, seen }) => ({
    says: firstLine(seen.message),
    next: describeCommand(object),
  })),
];

/** A Kustomization that Flux is working on, and that nothing holds up. */
export const progressRule: Rule = {
  name: 'in-progress',
  kinds: ['Kustomization'],
  find: ({ object, seen }) => {
    const doing = /^(\w+ [\w ]+) for revision (\S+) with a timeout of (\S+)/.exec(seen.message);
    if (seen.state !== 'Reconciling' || !doing) return undefined;
    const [, phase = '', revision = '', timeout = ''] = doing;
    const at = (revision.split(':').at(-1) ?? revision).slice(0, 7);
    return { says: `${phase} at ${at}, for at most ${timeout}`, next: describeCommand(object) };
  },
};

/** `namespace/name` or `name`, as kubectl takes it. */
function shortName(name: string): string {
  const [namespace = '', short] = name.split('/');
  return short === undefined ? namespace : `-n ${namespace} ${short}`;
}
