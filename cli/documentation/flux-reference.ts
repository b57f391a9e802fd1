import type { KubeObject } from '../ports/kube.ts';
import { formatRef, refOf } from '../ports/kube.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Container {
  readonly securityContext: object;
  readonly resources: object;
}

/** What Flux consists of in a cluster, with the rights it has, for docs/flux-system.md. */
export function fluxReference(objects: readonly KubeObject[], namespace: KubeObject): string {
  const of = (kind: string): KubeObject[] =>
    objects
      .filter((object) => object.kind === kind)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rest = objects
    .filter(({ kind }) => !/^(ClusterRole|ClusterRoleBinding|NetworkPolicy|Deployment)$/.test(kind))
    .map((object) => formatRef(refOf(object)))
    .sort();
  return [
    '### Rights (RBAC)',
    table(
      ['ClusterRole', 'may', 'given to'],
      of('ClusterRole').map((role) => [
        role.metadata.name,
        rulesOf(role).map(describeRule).join('<br>'),
        givenTo(role, of('ClusterRoleBinding')),
      ]),
    ),
    table(
      ['ClusterRoleBinding', 'gives', 'to the service accounts'],
      of('ClusterRoleBinding').map((binding) => [
        binding.metadata.name,
        (binding['roleRef'] as { name: string }).name,
        subjectsOf(binding).join(', '),
      ]),
    ),
    '### Pods',
    `Labels of the namespace: ${Object.entries(namespace.metadata.labels ?? {})
      .map(([key, value]) => `\`${key}: ${value}\``)
      .join(', ')}.`,
    table(
      ['Deployment', 'security', 'resources'],
      of('Deployment').map((deployment) => {
        const { securityContext, resources } = containerOf(deployment);
        return [deployment.metadata.name, code(securityContext), code(resources)];
      }),
    ),
    '### NetworkPolicies',
    table(
      ['NetworkPolicy', 'for', 'what it lets through'],
      of('NetworkPolicy').map(({ metadata, spec }) => {
        const { podSelector, ingress, egress } = spec as Record<string, object>;
        return [metadata.name, code(podSelector), code({ ingress, egress })];
      }),
    ),
    '### Everything else',
    rest.map((name) => `- ${name}`).join('\n'),
  ].join('\n\n');
}

function rulesOf(role: KubeObject): readonly Rule[] {
  return (role['rules'] ?? []) as readonly Rule[];
}

function describeRule({ apiGroups = [], resources = [], nonResourceURLs = [], verbs }: Rule): string {
  const groups = apiGroups.map((group) => (group === '' ? 'core' : group)).join(', ');
  const what =
    nonResourceURLs.length > 0 ? nonResourceURLs.join(', ') : `${resources.join(', ')} of ${groups}`;
  return `${verbs.join(', ')}: ${what}`.replaceAll('*', '\\*');
}

function givenTo(role: KubeObject, bindings: readonly KubeObject[]): string {
  const binding = bindings.find((each) => (each['roleRef'] as { name: string }).name === role.metadata.name);
  if (binding) return binding.metadata.name;
  const targets = Object.keys(role.metadata.labels ?? {}).flatMap(
    (label) => /^rbac\.authorization\.k8s\.io\/aggregate-to-(.*)$/.exec(label)?.[1] ?? [],
  );
  return `whoever has the ClusterRole ${targets.sort().join(', ')}`;
}

function subjectsOf(binding: KubeObject): string[] {
  return (binding['subjects'] as { name: string }[]).map(({ name }) => name);
}

function containerOf({ spec }: KubeObject): Container {
  const { template } = spec as { template: { spec: { containers: [Container] } } };
  return template.spec.containers[0];
}

function code(value: object | undefined): string {
  return `\`${JSON.stringify(value)}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
