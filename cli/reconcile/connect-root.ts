import type { Kube, KubeObject } from '../ports/kube.ts';
import { refOf } from '../ports/kube.ts';
import { rootObjects, type RootSpec } from './root-objects.ts';

/**
 * Applies the source, its credentials and the root Kustomization where they differ from what is there.
 *
 * @returns `already` when all of them were as they should be.
 */
export async function connectRoot(kube: Kube, spec: RootSpec): Promise<'already' | 'done'> {
  let changed = false;
  for (const wanted of rootObjects(spec)) {
    const found = await kube.get(refOf(wanted));
    if (found && covers(found, wanted)) continue;
    await kube.apply(wanted);
    changed = true;
  }
  return changed ? 'done' : 'already';
}

/** True where everything that is wanted is there; what the server added does not count, except in what to check out. */
function covers(found: KubeObject, wanted: KubeObject): boolean {
  const refOf = ({ spec }: KubeObject): unknown => (spec as { ref?: unknown } | undefined)?.ref;
  return (
    (['spec', 'data'] as const).every((field) => contains(found[field], wanted[field])) &&
    contains(refOf(wanted), refOf(found))
  );
}

function contains(found: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    contains((found as Record<string, unknown>)[key], value),
  );
}
