import { inventoryOf } from '../../observe/inventory.ts';
import { formatRef, type Kube, type ObjectRef } from '../../ports/kube.ts';
import { ownedFields } from './owned-fields.ts';

/** What Flux had put into a cluster at one moment. Holds no Secret values. */
export interface InventorySnapshot {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly objects: readonly InventoryEntry[];
}

export interface InventoryEntry {
  readonly ref: ObjectRef;
  /** `Kustomization/flux-system/trades`: whose inventory it is in. */
  readonly owner: string;
  /** The fields that Flux's controllers own; see {@link ownedFields}. */
  readonly fields: unknown;
}

const owners = [
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
] as const;

const readsAtOnce = 8;

/**
 * Reads every object in the inventories of Flux's Kustomizations and HelmReleases.
 *
 * @param now Milliseconds since the epoch, for `takenAt`.
 * @returns Objects sorted by kind, namespace and name; one that is in an inventory but not in the cluster is left out.
 */
export async function takeInventory(kube: Kube, now: number): Promise<InventorySnapshot> {
  const appliers = (await Promise.all(owners.map(async (kind) => kube.list(kind)))).flat();
  const refs = inventoryOf(appliers);
  const entries: InventoryEntry[] = [];
  const queue = [...refs];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { owner, ...ref } = next;
      const object = await kube.get(ref);
      if (object) entries.push({ ref, owner, fields: ownedFields(object) });
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, worker));
  entries.sort((a, b) => (formatRef(a.ref) < formatRef(b.ref) ? -1 : 1));
  return { takenAt: new Date(now).toISOString(), objects: entries };
}
