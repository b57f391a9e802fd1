import type { KubeObject } from '../../ports/kube.ts';
import type { Kubectl } from '../kubectl.ts';

/** One thing that a person must be allowed to do; as in a SelfSubjectAccessReview. */
export interface Right {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** A user who may do everything needs no other right. */
export const everything: Right = { verb: '*', group: '*', resource: '*' };

const rbac = 'rbac.authorization.k8s.io';
const writing = ['get', 'create', 'patch', 'delete'] as const;

/**
 * What bootstrap and delete need in a cluster: to write every object that Flux consists of and the root that it follows, and
 * to give Flux's controllers the rights they have, which RBAC lets only those do who have them or may `escalate` and `bind`.
 *
 * @param objects From composeFlux.
 * @see {@link https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping}
 */
export function requiredRights(objects: readonly KubeObject[]): Right[] {
  const needed = new Map<string, Right>();
  const add = (right: Right): void => void needed.set(formatRight(right), right);
  const write = (group: string, resource: string, namespace?: string): void => {
    for (const verb of writing) add({ verb, group, resource, namespace });
  };
  for (const { apiVersion, kind, metadata, roleRef } of objects) {
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    write(group, pluralOf(kind), metadata.namespace);
    if (kind === 'ClusterRole')
      add({ verb: 'escalate', group: rbac, resource: 'clusterroles', name: metadata.name });
    if (kind !== 'ClusterRoleBinding') continue;
    add({ verb: 'bind', group: rbac, resource: 'clusterroles', name: (roleRef as { name: string }).name });
  }
  write('', 'namespaces');
  write('', 'secrets', 'flux-system');
  write('apiextensions.k8s.io', 'customresourcedefinitions');
  write('source.toolkit.fluxcd.io', 'gitrepositories', 'flux-system');
  write('kustomize.toolkit.fluxcd.io', 'kustomizations', 'flux-system');
  return [...needed.values()];
}

/** The plural of the kinds that Flux's manifests hold; each is regular. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/**
 * Asks the API server which rights the user of a context lacks, with SelfSubjectAccessReviews; every user may.
 *
 * @returns Those that are missing; empty for who may do everything.
 */
export async function missingRights(kubectl: Kubectl, rights: readonly Right[]): Promise<Right[]> {
  const asked = [everything, ...rights];
  const items = asked.map(({ verb, group, resource, namespace, name }) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb, group, resource, namespace, name } },
  }));
  const printed = await kubectl(
    ['create', '--validate=false', '--filename=-', '--output=jsonpath={.status.allowed}{"\\n"}'],
    { apiVersion: 'v1', kind: 'List', items },
  );
  const answers = printed.split('\n');
  if (answers[0] === 'true') return [];
  return rights.filter((_, index) => answers[index + 1] !== 'true');
}

/** `create deployments.apps in flux-system`. */
export function formatRight({ verb, group, resource, namespace, name }: Right): string {
  const what = `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}`;
  return namespace === undefined ? what : `${what} in ${namespace}`;
}
