import { formatRef, refOf, type KubeObject } from '../../ports/kube.ts';

/**
 * Why an object that was deleted is still there, and what to do.
 *
 * @param kubectl Beginning of a kubectl command line.
 */
export function describeStuck(object: KubeObject, kubectl: string): { message: string; hint: string } {
  const ref = refOf(object);
  const { finalizers = [], deletionTimestamp, name, namespace } = object.metadata;
  const at = namespace === undefined ? '' : ` --namespace=${namespace}`;
  const address = `${resourceOf(object)} ${name}${at}`;
  const conditions = namespaceConditions(object);
  const why =
    deletionTimestamp === undefined
      ? 'nobody has deleted it'
      : conditions.length > 0
        ? conditions.join('; ')
        : finalizers.length > 0
          ? `it waits for whoever answers its finalizer ${finalizers.join(', ')}`
          : 'what it consists of is still being taken down';
  return {
    message: `${formatRef(ref)} does not go away: ${why}`,
    hint:
      finalizers.length > 0 && conditions.length === 0
        ? `Bring back what answers ${finalizers.join(', ')}; if that is gone for good: ${kubectl} patch ${address} --type=merge --patch='{"metadata":{"finalizers":null}}'`
        : `${kubectl} describe ${address}`,
  };
}

/** `deployment.apps`: unambiguous for kubectl. */
function resourceOf({ apiVersion, kind }: KubeObject): string {
  const [group, version] = apiVersion.split('/');
  return version === undefined ? kind.toLowerCase() : `${kind.toLowerCase()}.${group ?? ''}`;
}

/** What Kubernetes says about a namespace that it cannot empty. */
function namespaceConditions({ kind, status }: KubeObject): string[] {
  if (kind !== 'Namespace') return [];
  const { conditions = [] } = (status ?? {}) as {
    conditions?: readonly { type: string; status: string; message?: string }[];
  };
  return conditions
    .filter((condition) => condition.status === 'True')
    .map(({ type, message }) => message ?? type);
}
