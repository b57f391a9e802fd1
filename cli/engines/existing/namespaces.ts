import { formatRef, refOf, type Kube, type KubeObject } from '../../ports/kube.ts';

/** What every namespace has, or what only tells of others. */
const passing = new Set(['Event', 'Lease', 'EndpointSlice', 'Endpoints', 'PodMetrics']);

const listsAtOnce = 8;

/** True for a namespace that bootstrap made: one that was there before is never written by this program. */
export function isOurNamespace({ metadata }: KubeObject): boolean {
  return metadata.managedFields?.some(({ manager }) => manager === 'platform') ?? false;
}

/** What a namespace holds beside that which Kubernetes puts into each, as `Kind/namespace/name`. */
export async function contentOf(kube: Kube, namespace: string): Promise<string[]> {
  const queue = (await kube.kinds()).filter(({ kind }) => !passing.has(kind));
  const found = new Set<string>();
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const object of await kube.list(next, { namespace })) {
        if (object.metadata.namespace === namespace && !isDefault(object))
          found.add(formatRef(refOf(object)));
      }
    }
  };
  await Promise.all(Array.from({ length: listsAtOnce }, worker));
  return [...found].sort();
}

function isDefault({ kind, metadata: { name } }: KubeObject): boolean {
  return (
    (kind === 'ServiceAccount' && name === 'default') || (kind === 'ConfigMap' && name === 'kube-root-ca.crt')
  );
}
