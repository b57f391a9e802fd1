import { formatRef, refOf, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { listAt, textAt } from './fields.ts';

/** An object that Flux owns, and which Flux object owns it. */
export interface OwnedRef extends ObjectRef {
  /** `Kustomization/flux-system/trades`, `HelmRelease/…`. */
  readonly owner: string;
}

/**
 * Every object in the inventories of Kustomizations and HelmReleases, in their order.
 *
 * Flux writes entries as `{id: '<namespace>_<name>_<group>_<kind>', v: 'v1'}`. Names of RBAC objects may hold colons,
 * which it writes as `__` (fluxcd/cli-utils pkg/object, ObjMetadata).
 */
export function inventoryOf(objects: readonly KubeObject[]): OwnedRef[] {
  return objects
    .filter(({ kind }) => kind === 'Kustomization' || kind === 'HelmRelease')
    .flatMap((owner) =>
      listAt(owner, 'status', 'inventory', 'entries').flatMap((entry) => {
        const ref = parseInventoryId(textAt(entry, 'id'), textAt(entry, 'v'));
        return ref ? [{ ...ref, owner: formatRef(refOf(owner)) }] : [];
      }),
    );
}

/** @returns undefined for what is no inventory id. */
export function parseInventoryId(id: string, version: string): ObjectRef | undefined {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  if (!match) return undefined;
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    ...(namespace === '' ? {} : { namespace }),
    name: name.replaceAll('__', ':'),
  };
}
