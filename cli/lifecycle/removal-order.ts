import { dependencyOrder } from '../build/dependency-order.ts';
import { inventoryOf } from '../observe/inventory.ts';
import { formatRef, refOf, type Kube, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { fluxNamespace, kustomizationKind, rootName } from '../reconcile/root-objects.ts';

/** A Kustomization or HelmRelease that the root brought, with what it put into the cluster itself. */
export interface Unit {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  readonly owned: readonly ObjectRef[];
}

/** All that belongs to the platform in a cluster, in the order in which it has to go. */
export interface OwnedTree {
  /** undefined where it is gone already. */
  readonly root: KubeObject | undefined;
  readonly units: readonly Unit[];
  /** What the root applied beside units: sources. */
  readonly others: readonly ObjectRef[];
}

const root = { ...kustomizationKind, namespace: fluxNamespace, name: rootName };

/**
 * Follows the inventories from the root down. A unit goes before what it depends on, and a HelmRelease before the
 * Kustomization that applied it, but after all that depends on that one.
 */
export async function readOwnedTree(kube: Kube): Promise<OwnedTree> {
  const top = await kube.get(root);
  if (!top) return { root: undefined, units: [], others: [] };
  const found = new Map<string, Unit & { readonly container: string | undefined }>();
  const visit = async (refs: readonly ObjectRef[], container: string | undefined): Promise<void> => {
    for (const ref of refs.filter(isUnit)) {
      const id = formatRef(ref);
      const object = found.has(id) ? undefined : await kube.get(ref);
      if (!object) continue;
      const owned = inventoryOf([object]);
      found.set(id, { ref: refOf(object), object, owned, container });
      await visit(owned, id);
    }
  };
  const applied = inventoryOf([top]);
  await visit(applied, undefined);
  return { root: top, units: inOrder(found), others: applied.filter((ref) => !isUnit(ref)) };
}

function isUnit({ kind, apiVersion, name, namespace }: ObjectRef): boolean {
  const flux = /^(kustomize|helm)\.toolkit\.fluxcd\.io\//.test(apiVersion);
  const isRoot = kind === root.kind && name === root.name && namespace === root.namespace;
  return flux && (kind === 'Kustomization' || kind === 'HelmRelease') && !isRoot;
}

function inOrder(found: ReadonlyMap<string, Unit & { readonly container: string | undefined }>): Unit[] {
  const inside = (container: string): string[] =>
    [...found].flatMap(([id, unit]) => (unit.container === container ? [id, ...inside(id)] : []));
  // A namespace takes what is in it along, whatever that waits for.
  const grounds = [...found].flatMap(([id, { object, owned }]) =>
    owned.some(({ kind }) => kind === 'Namespace') && dependenciesOf(object).length === 0 ? [id] : [],
  );
  const items = [...found].map(([name, unit]) => {
    const awaited = dependenciesOf(unit.object);
    const dependsOn = [
      ...awaited,
      ...awaited.flatMap(inside),
      ...(unit.container === undefined ? [] : [unit.container]),
      ...(grounds.includes(name) ? [] : grounds),
    ];
    return { name, dependsOn, unit };
  });
  return dependencyOrder(items)
    .reverse()
    .map(({ unit }) => unit);
}

/** `spec.dependsOn`, as ids of units. */
function dependenciesOf({ kind, spec, metadata }: KubeObject): string[] {
  const { dependsOn = [] } = (spec ?? {}) as { dependsOn?: readonly { name: string; namespace?: string }[] };
  return dependsOn.map(({ name, namespace = metadata.namespace }) =>
    formatRef({ apiVersion: '', kind, name, namespace }),
  );
}
