import { PlatformError } from '../errors/platform-error.ts';
import type { KnownKind, Kube, KubeObject } from '../ports/kube.ts';

/** What one look at a cluster gave. */
export interface ClusterObjects {
  readonly objects: readonly KubeObject[];
  /** Kinds that could not be read, in words: the rest is still shown. */
  readonly notes: readonly string[];
}

/**
 * Everything that the model is made from. Secrets and ConfigMaps are not among them, and must not be: a model is
 * printed, sent to a page and attached to tickets.
 */
const kinds: readonly KnownKind[] = [
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', plural: 'kustomizations' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', plural: 'gitrepositories' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmRepository', plural: 'helmrepositories' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart', plural: 'helmcharts' },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', plural: 'helmreleases' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' },
  { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' },
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' },
  { apiVersion: 'v1', kind: 'Event', plural: 'events' },
];

/**
 * Reads the cluster in one go, all kinds at once. A kind that the server does not know is empty; one that it refuses
 * becomes a note.
 *
 * @throws {PlatformError} CLUSTER_UNREACHABLE.
 */
export async function readCluster(kube: Pick<Kube, 'list'>): Promise<ClusterObjects> {
  const notes: string[] = [];
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      try {
        return await kube.list(kind);
      } catch (error) {
        if (!(error instanceof PlatformError) || error.code !== 'KUBE_REJECTED') throw error;
        notes.push(`${kind.kind} objects are not shown: ${error.message}`);
        return [];
      }
    }),
  );
  return { objects: lists.flat(), notes: notes.sort() };
}
