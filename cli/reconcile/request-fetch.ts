import type { Clock } from '../ports/clock.ts';
import type { Kube } from '../ports/kube.ts';
import { requestOf } from './request-annotation.ts';
import { commitOf, fluxNamespace, gitRepositoryKind, rootName } from './root-objects.ts';

/**
 * Asks Flux to fetch the repository now instead of at the next interval, by the annotation that `flux reconcile` sets.
 * Without a source there is nothing to ask: a new one is fetched at once.
 *
 * @see {@link https://fluxcd.io/flux/components/source/gitrepositories/#triggering-a-reconcile}
 */
export async function requestFetch(kube: Pick<Kube, 'patch'>, clock: Pick<Clock, 'now'>): Promise<void> {
  await kube.patch(
    { ...gitRepositoryKind, namespace: fluxNamespace, name: rootName },
    { metadata: { annotations: requestOf(clock.now()).annotations } },
  );
}

/** True where Flux's last look at the repository went well and found this commit: then there is nothing to ask for. */
export async function hasFetched(kube: Pick<Kube, 'get'>, commit: string): Promise<boolean> {
  const { revision, ready } = await readSource(kube);
  return ready && commitOf(revision) === commit;
}

/** What Flux follows: the address, and the revision that it fetched last, as it writes it. Undefined where there is none yet. */
export async function readSource(
  kube: Pick<Kube, 'get'>,
): Promise<{ url: string | undefined; revision: string | undefined; ready: boolean }> {
  const source = await kube.get({ ...gitRepositoryKind, namespace: fluxNamespace, name: rootName });
  const spec = source?.['spec'] as { url?: string } | undefined;
  const status = source?.['status'] as
    { artifact?: { revision?: string }; conditions?: { type: string; status: string }[] } | undefined;
  const ready = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;
  return { url: spec?.url, revision: status?.artifact?.revision, ready };
}
