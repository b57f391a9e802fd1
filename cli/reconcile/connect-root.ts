import { isDeepStrictEqual } from 'node:util';
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

/** True where everything that is wanted is there. What the server added does not count, except in fields that have no defaults. */
function covers(found: KubeObject, wanted: KubeObject): boolean {
  const exact = (object: KubeObject): unknown[] => {
    const { ref, patches } = (object['spec'] ?? {}) as { ref?: unknown; patches?: unknown };
    return [ref, patches, object['data']];
  };
  return contains(found['spec'], wanted['spec']) && isDeepStrictEqual(exact(found), exact(wanted));
}

function contains(found: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    contains((found as Record<string, unknown>)[key], value),
  );
}
