import { join } from 'node:path';
import { engineOfCluster } from '../engines/choose-engine.ts';
import type { EngineDeps } from '../engines/engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { isDirectory } from '../ports/files.ts';
import { fluxNamespace, kustomizationKind } from '../reconcile/root-objects.ts';
import { configsFolder } from '../values/components.ts';
import type { Environment } from '../values/environment.ts';
import { connectTo } from './open-cluster.ts';

/** How long the API server may take, in milliseconds: the values are written, and this is only a warning. */
const askMs = 5_000;

/**
 * What Flux takes out of the cluster once a component that it brought is no longer in values: said as a fact where the cluster has
 * its Kustomization, conditionally where the cluster cannot be asked, and not at all where there is nothing to take.
 *
 * @param from What the component was: of one that is `provided`, Flux applied at most the objects of its kinds.
 * @returns At most one sentence.
 */
export async function warnOfRemoval(
  deps: EngineDeps,
  environment: Environment,
  component: string,
  from: 'enabled' | 'provided',
): Promise<string[]> {
  const configs = `${component}-config`;
  if (from === 'provided' && !(await isDirectory(join(deps.root, configsFolder, component)))) return [];
  const applied = await kustomizationsOf(deps, environment);
  if (applied?.has(from === 'enabled' ? component : configs) === false) return [];
  const where = applied === undefined ? 'where it was deployed, ' : '';
  return [
    from === 'enabled'
      ? `${where}Flux takes ${component} out of the cluster, and all objects of its kinds with it; platform validate finds those that are left in git`
      : `${where}Flux takes what ${configs} applied out of the cluster; ${component} itself stays`,
  ];
}

/** The names of the Kustomizations in the cluster; empty where there is no cluster, undefined where nobody knows. */
async function kustomizationsOf(
  deps: EngineDeps,
  environment: Environment,
): Promise<ReadonlySet<string> | undefined> {
  try {
    const engine = await engineOfCluster(deps, environment);
    const { engineStatus, access, kube } = await connectTo(deps, engine, askMs);
    if (engineStatus.state === 'absent') {
      // Its context may be known to other machines alone; and what follows a git remote may run on another one.
      const elsewhere = engine.name === 'existing' ? !access : environment.git.remote !== undefined;
      return elsewhere ? undefined : new Set();
    }
    if (!kube || engineStatus.silent !== undefined) return undefined;
    const found = await kube.list(kustomizationKind, { namespace: fluxNamespace });
    return new Set(found.map(({ metadata }) => metadata.name));
  } catch (error) {
    if (error instanceof PlatformError) return undefined;
    throw error;
  }
}
