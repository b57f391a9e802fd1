import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { commitOf, fluxNamespace, kustomizationKind, rootName } from '../reconcile/root-objects.ts';
import { openRunningCluster } from './open-cluster.ts';

/** The commit that the root Kustomization applied last; undefined when it never did. */
export async function readAppliedCommit(kube: Kube): Promise<string | undefined> {
  const root = await kube.get({ ...kustomizationKind, namespace: fluxNamespace, name: rootName });
  const status = root?.['status'] as { lastAppliedRevision?: string } | undefined;
  return commitOf(status?.lastAppliedRevision);
}

/**
 * The commit that runs in an environment's cluster.
 *
 * @throws {PlatformError} CLUSTER_MISSING, CLUSTER_STOPPED; RECONCILE_FAILED when Flux never applied anything.
 */
export async function appliedCommit(deps: Deps, name: string): Promise<string> {
  const { kube } = await openRunningCluster(deps, name);
  return requireAppliedCommit(kube, name);
}

/** @throws {PlatformError} RECONCILE_FAILED when Flux never applied anything. */
export async function requireAppliedCommit(kube: Kube, name: string): Promise<string> {
  const commit = await readAppliedCommit(kube);
  if (commit !== undefined) return commit;
  throw new PlatformError(
    'RECONCILE_FAILED',
    `Flux never applied anything to ${name}`,
    `platform status ${name}`,
  );
}
