import type { Clock } from '../../ports/clock.ts';
import { formatRef, refOf, type Kube, type KubeObject } from '../../ports/kube.ts';

/** What every namespace has, or what only tells of others. */
const passing = new Set(['Event', 'Lease', 'EndpointSlice', 'Endpoints', 'PodMetrics']);

const listsAtOnce = 8;

/** In milliseconds: twice what a pod gets by default to end, and how often to look. */
const goingMs = 60_000;
const pollMs = 500;

/**
 * What a namespace holds beside that which Kubernetes puts into each, as `Kind/namespace/name`. Where that is nothing but what
 * follows something that was deleted (pods have half a minute to end), it is waited for.
 */
export async function contentOf(
  { kube, clock }: { readonly kube: Kube; readonly clock: Clock },
  namespace: string,
): Promise<string[]> {
  const deadline = clock.elapsed() + goingMs;
  for (;;) {
    const content = await listContent(kube, namespace);
    const names = [...new Set(content.map((object) => formatRef(refOf(object))))].sort();
    if (content.length === 0 || !content.every(isGoing) || clock.elapsed() >= deadline) return names;
    await clock.sleep(pollMs);
  }
}

/** Deleted, or made by something that may have been. */
function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined || (metadata.ownerReferences ?? []).length > 0;
}

async function listContent(kube: Kube, namespace: string): Promise<KubeObject[]> {
  const queue = (await kube.kinds()).filter(({ kind }) => !passing.has(kind));
  const found: KubeObject[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const objects = await kube.list(next, { namespace });
      found.push(...objects.filter((each) => each.metadata.namespace === namespace && !isDefault(each)));
    }
  };
  await Promise.all(Array.from({ length: listsAtOnce }, worker));
  return found;
}

function isDefault({ kind, metadata: { name } }: KubeObject): boolean {
  return (
    (kind === 'ServiceAccount' && name === 'default') || (kind === 'ConfigMap' && name === 'kube-root-ca.crt')
  );
}
