import type { KubeObject, Kube } from '../ports/kube.ts';
import { formatRef, refOf } from '../ports/kube.ts';
import { fluxNamespace } from '../reconcile/root-objects.ts';
import type { InventorySnapshot } from './inventory/snapshot.ts';

/** What destroying a cluster takes with it, or sets off when it is rebuilt. Objects as `Kind/namespace/name`. */
export interface Losses {
  /** PersistentVolumes with the claim they serve: their data is gone for good. */
  readonly volumes: readonly string[];
  /** Objects that are not in git: nothing brings them back. */
  readonly notInGit: readonly string[];
  /** Jobs of Flux: a new cluster runs them again. */
  readonly jobsThatRunAgain: readonly string[];
}

const kinds = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
] as const;

/** Reads what would be lost; Secrets are named, never shown. */
export async function findLosses(kube: Kube, inventory: InventorySnapshot): Promise<Losses> {
  const owned = new Set(inventory.objects.map(({ ref }) => formatRef(ref)));
  const [volumes, ...lists] = await Promise.all([
    kube.list({ apiVersion: 'v1', kind: 'PersistentVolume' }),
    ...kinds.map(async (kind) => kube.list(kind)),
  ]);
  return {
    volumes: volumes.map(describeVolume),
    notInGit: lists
      .flat()
      .filter((object) => !owned.has(formatRef(refOf(object))) && !isMadeByMachine(object))
      .map((object) => formatRef(refOf(object)))
      .sort(),
    jobsThatRunAgain: inventory.objects
      .filter(({ ref }) => ref.kind === 'Job')
      .map(({ ref }) => formatRef(ref))
      .sort(),
  };
}

function describeVolume(volume: KubeObject): string {
  const claim = (volume['spec'] as { claimRef?: { namespace?: string; name?: string } } | undefined)
    ?.claimRef;
  const name = formatRef(refOf(volume));
  return claim ? `${name} (claim ${claim.namespace ?? ''}/${claim.name ?? ''})` : name;
}

/** What Kubernetes, Flux, Helm or bootstrap makes anew by itself. */
function isMadeByMachine(object: KubeObject): boolean {
  const { name, namespace = '', ownerReferences = [], labels = {} } = object.metadata;
  return (
    ownerReferences.length > 0 ||
    namespace.startsWith('kube-') ||
    namespace === fluxNamespace ||
    name === 'kube-root-ca.crt' ||
    (namespace === 'default' && name === 'kubernetes') ||
    name.startsWith('sh.helm.release.v1.') ||
    labels['app.kubernetes.io/managed-by'] === 'platform' ||
    labels['helm.toolkit.fluxcd.io/name'] !== undefined
  );
}
