import type { Kube, KubeObject, ObjectRef } from '../ports/kube.ts';
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

/** What is there only while a cluster runs, is made anew by itself, or (volumes) is told apart. */
const passing = new Set([
  'CSINode',
  'ComponentStatus',
  'EndpointSlice',
  'Endpoints',
  'Event',
  'IPAddress',
  'Lease',
  'Node',
  'NodeMetrics',
  'PersistentVolume',
  'PodMetrics',
  'ServiceCIDR',
]);

/** Who writes what a new cluster, or bootstrap, writes again. */
const machines =
  /^(kube-(apiserver|controller-manager|scheduler)|api-priority-and-fairness-config-.*|clusterrole-aggregation-controller|kwok|platform|(source|kustomize|helm)-controller)$/;

const listsAtOnce = 8;

/** Reads what would be lost; Secrets are named, never shown. */
export async function findLosses(kube: Kube, inventory: InventorySnapshot): Promise<Losses> {
  const owned = new Set(inventory.objects.map(({ ref }) => keyOf(ref)));
  const volumes = await kube.list({ apiVersion: 'v1', kind: 'PersistentVolume' });
  return {
    volumes: volumes.map(describeVolume),
    notInGit: (await listAll(kube))
      .filter((object) => !owned.has(keyOf(refOf(object))) && !isMadeByMachine(object))
      .map((object) => formatRef(refOf(object)))
      .sort(),
    jobsThatRunAgain: inventory.objects
      .filter(({ ref }) => ref.kind === 'Job')
      .map(({ ref }) => formatRef(ref))
      .sort(),
  };
}

/** The group counts and its version does not: the same object can be read in several. */
function keyOf(ref: ObjectRef): string {
  const group = ref.apiVersion.includes('/') ? ref.apiVersion.split('/')[0] : '';
  return `${group} ${formatRef(ref)}`;
}

async function listAll(kube: Kube): Promise<KubeObject[]> {
  const queue = (await kube.kinds()).filter(({ kind }) => !passing.has(kind));
  const objects: KubeObject[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      objects.push(...(await kube.list(next)));
  };
  await Promise.all(Array.from({ length: listsAtOnce }, worker));
  return objects;
}

function describeVolume(volume: KubeObject): string {
  const claim = (volume['spec'] as { claimRef?: { namespace?: string; name?: string } } | undefined)
    ?.claimRef;
  const name = formatRef(refOf(volume));
  return claim ? `${name} (claim ${claim.namespace ?? ''}/${claim.name ?? ''})` : name;
}

/** What Kubernetes, Flux, Helm or bootstrap makes anew by itself. */
function isMadeByMachine(object: KubeObject): boolean {
  const {
    name,
    namespace = object.kind === 'Namespace' ? name : '',
    ownerReferences = [],
    labels = {},
    managedFields = [],
  } = object.metadata;
  return (
    (managedFields.length > 0 && managedFields.every(({ manager = '' }) => machines.test(manager))) ||
    ownerReferences.length > 0 ||
    namespace.startsWith('kube-') ||
    (object.kind === 'Namespace' && name === 'default') ||
    (object.kind === 'ServiceAccount' && name === 'default') ||
    namespace === fluxNamespace ||
    name === 'kube-root-ca.crt' ||
    (namespace === 'default' && name === 'kubernetes') ||
    name.startsWith('sh.helm.release.v1.') ||
    labels['app.kubernetes.io/managed-by'] === 'platform' ||
    labels['helm.toolkit.fluxcd.io/name'] !== undefined
  );
}
