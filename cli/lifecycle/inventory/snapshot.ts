import { inventoryOf, type OwnedRef } from '../../observe/inventory.ts';
import { commitOf, rootName } from '../../reconcile/root-objects.ts';
import { formatRef, refOf, type Kube, type KubeObject, type ObjectRef } from '../../ports/kube.ts';
import { ownedObject, type OwnedObject } from './owned-fields.ts';

/** What Flux had put into a cluster at one moment. Holds no Secret values. */
export interface InventorySnapshot {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly objects: readonly InventoryEntry[];
  /** Flux objects that had not applied the commit yet, so that what they own is of an earlier one; it is not in `objects`. */
  readonly unsettled?: readonly string[];
}

export interface InventoryEntry extends OwnedObject {
  readonly ref: ObjectRef;
  /** `Kustomization/flux-system/trades`: whose inventory it is in. */
  readonly owner: string;
}

const owners = [
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
] as const;

const readsAtOnce = 8;

/**
 * Reads every object in the inventories of Flux's Kustomizations and HelmReleases.
 *
 * @param now    Milliseconds since the epoch, for `takenAt`.
 * @param commit What the inventory is of: owners that are at another commit are unsettled.
 * @returns Objects sorted by kind, namespace and name; one that is in an inventory but not in the cluster is left out.
 */
export async function takeInventory(kube: Kube, now: number, commit?: string): Promise<InventorySnapshot> {
  const appliers = (await Promise.all(owners.map(async (kind) => kube.list(kind)))).flat();
  const owned = inventoryOf(appliers);
  const unsettled = commit === undefined ? new Set<string>() : unsettledOwners(appliers, owned, commit);
  const refs = owned.filter(({ owner }) => !unsettled.has(owner));
  const entries: InventoryEntry[] = [];
  const queue = [...refs];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { owner, ...ref } = next;
      const object = await kube.get(ref);
      if (object) entries.push({ ref, owner, ...ownedObject(object, ignoredFields(appliers, owner, ref)) });
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, worker));
  entries.sort((a, b) => (formatRef(a.ref) < formatRef(b.ref) ? -1 : 1));
  return { takenAt: new Date(now).toISOString(), objects: entries, unsettled: [...unsettled].sort() };
}

/** The fields of an object that its Kustomization leaves to others (`spec.ignore`), as JSON pointers. */
function ignoredFields(appliers: readonly KubeObject[], owner: string, ref: ObjectRef): string[] {
  const applier = appliers.find((each) => formatRef(refOf(each)) === owner);
  const { ignore = [] } = (applier?.['spec'] ?? {}) as { ignore?: readonly Ignore[] };
  const concerns = ({ target = {} }: Ignore): boolean =>
    (['kind', 'name', 'namespace'] as const).every((field) => (target[field] ?? ref[field]) === ref[field]);
  return ignore.filter(concerns).flatMap(({ paths }) => paths);
}

/** @see {@link https://fluxcd.io/flux/components/kustomize/kustomizations/} `.spec.ignore`; templates use names, no patterns. */
interface Ignore {
  readonly paths: readonly string[];
  readonly target?: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
}

/** Kustomizations at another commit, and the HelmReleases that these apply. */
function unsettledOwners(
  appliers: readonly KubeObject[],
  owned: readonly OwnedRef[],
  commit: string,
): Set<string> {
  const behind = appliers.filter(followsTheRoot).filter((applier) => appliedCommitOf(applier) !== commit);
  const names = behind.map((applier) => formatRef(refOf(applier)));
  const releases = owned
    .filter(({ kind, owner }) => kind === 'HelmRelease' && names.includes(owner))
    .map((ref) => formatRef(ref));
  return new Set([...names, ...releases]);
}

/** A Kustomization made from the same repository as the root; another one's revision says nothing about this commit. */
function followsTheRoot({ kind, spec }: KubeObject): boolean {
  const source = (spec as { sourceRef?: { kind?: string; name?: string } } | undefined)?.sourceRef;
  return kind === 'Kustomization' && source?.kind === 'GitRepository' && source.name === rootName;
}

function appliedCommitOf({ status }: KubeObject): string | undefined {
  return commitOf((status as { lastAppliedRevision?: string } | undefined)?.lastAppliedRevision);
}
