import { PlatformError } from '../errors/platform-error.ts';
import type { KnownKind, Kube, KubeObject } from '../ports/kube.ts';
import { fieldsAt } from './fields.ts';

/** What one look at a cluster gave. */
export interface ClusterObjects {
  readonly objects: readonly KubeObject[];
  /** Kinds that could not be read, in words: the rest is still shown. */
  readonly notes: readonly string[];
  /** Kinds that were read, or tried; what is not among them is not known to be absent. All, when absent. */
  readonly kinds?: readonly string[];
  /** Controllers that do not run, by the engine's names for its parts. */
  readonly stopped?: readonly string[];
  /** Whose cluster it is, for the commands that are suggested: they need it where several environments have one. */
  readonly environment?: string | undefined;
}

/** A kind, and which objects of it. */
interface Wanted extends KnownKind {
  /** As the API server takes it. All objects when it is absent. */
  readonly fieldSelector?: string;
}

const eventKind: KnownKind = { apiVersion: 'v1', kind: 'Event', plural: 'events' };

/**
 * The events that say why something does not work. Those that tell that all goes well are most of them: with each turn of a
 * wait, and for a status, they would be a third of what is read.
 */
const warnings: Wanted = { ...eventKind, fieldSelector: 'type=Warning' };

/**
 * What the model is made from, besides events. ConfigMaps are not among them; of Secrets, {@link masked} leaves the names
 * of keys: a model is printed, sent to a page and attached to tickets.
 */
const clusterKinds: readonly KnownKind[] = [
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', plural: 'kustomizations' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', plural: 'gitrepositories' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmRepository', plural: 'helmrepositories' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart', plural: 'helmcharts' },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository', plural: 'ocirepositories' },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', plural: 'helmreleases' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' },
  { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' },
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' },
  { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', plural: 'externalsecrets' },
  { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', plural: 'secretstores' },
  { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', plural: 'clustersecretstores' },
];

/** What is read besides when somebody looks, and not at every turn of a wait. */
const moreKinds: readonly KnownKind[] = [
  { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImageRepository', plural: 'imagerepositories' },
  { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', plural: 'imagepolicies' },
  {
    apiVersion: 'image.toolkit.fluxcd.io/v1',
    kind: 'ImageUpdateAutomation',
    plural: 'imageupdateautomations',
  },
  { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' },
];

/** Enough for a wait or a status: of events, the warnings. */
export const kindsForStatus: readonly Wanted[] = [...clusterKinds, warnings];
/** For somebody who asks what an app did. */
export const kindsWithEvents: readonly Wanted[] = [...clusterKinds, eventKind];
/** All that is shown anywhere. */
export const wholeKinds: readonly KnownKind[] = [...kindsWithEvents, ...moreKinds];

/**
 * Reads the cluster in one go, all kinds at once. A kind that the server does not know is empty; one that it refuses
 * becomes a note.
 *
 * @throws {PlatformError} CLUSTER_UNREACHABLE.
 */
export async function readCluster(
  kube: Pick<Kube, 'list'>,
  kinds: readonly Wanted[] = kindsForStatus,
): Promise<ClusterObjects> {
  const notes: string[] = [];
  const read: string[] = [];
  const lists = await Promise.all(
    kinds.map(async ({ fieldSelector, ...kind }) => {
      try {
        const objects = await kube.list(kind, fieldSelector === undefined ? {} : { fieldSelector });
        read.push(kind.kind);
        return objects.map(masked);
      } catch (error) {
        if (!(error instanceof PlatformError) || error.code !== 'KUBE_REJECTED') throw error;
        notes.push(`${kind.kind} objects are not shown: ${error.message}`);
        return [];
      }
    }),
  );
  return { objects: lists.flat(), notes: notes.sort(), kinds: read };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A Secret with the names of its keys instead of its values; its annotations and managed fields go too: kubectl copies the
 * values there. Other objects lose only the copy of themselves that kubectl keeps. Whoever lists or watches must pass
 * objects through this first.
 */
export function masked(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return withoutCopy(object);
  const { apiVersion, kind, metadata } = object;
  const keys = new Set([
    ...Object.keys(fieldsAt(object, 'data')),
    ...Object.keys(fieldsAt(object, 'stringData')),
  ]);
  const named = Object.fromEntries(
    Object.entries(metadata).filter(([name]) => name !== 'annotations' && name !== 'managedFields'),
  ) as KubeObject['metadata'];
  return { apiVersion, kind, metadata: named, type: object['type'], keys: [...keys].sort() };
}

function withoutCopy(object: KubeObject): KubeObject {
  if (object.metadata.annotations?.[lastApplied] === undefined) return object;
  const kept = Object.entries(object.metadata.annotations).filter(([name]) => name !== lastApplied);
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(kept) } };
}
