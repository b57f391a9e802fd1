import { join } from 'node:path';
import type { Engine } from '../engines/engine.ts';
import { isDirectory } from '../ports/files.ts';
import type { AdaptedComponent } from '../reconcile/root-objects.ts';
import { listComponents } from '../values/components.ts';

/** The components that have a folder of their own for an engine, switched on or not: one that comes later needs no new root. */
export async function adaptedComponents(
  root: string,
  { name: engine }: Pick<Engine, 'name'>,
): Promise<AdaptedComponent[]> {
  if (engine === 'existing') return [];
  const names = await listComponents(root);
  const own = await Promise.all(
    names.map(async (name) => isDirectory(join(root, 'infrastructure/controllers', name, engine))),
  );
  return names.filter((_, index) => own[index]).map((name) => ({ name, engine }));
}
