import { PlatformError } from '../../errors/platform-error.ts';
import type { Kube } from '../../ports/kube.ts';
import { kubectlFor } from '../../ports/kubectl-for.ts';
import { fluxNamespace, kustomizationKind, rootName } from '../../reconcile/root-objects.ts';
import type { EngineDeps, EnginePart, EngineStatus } from '../engine.ts';
import { installedLabel } from '../flux/ownership.ts';
import { lookForContext } from './find-context.ts';

/** How long `status` waits for an answer of the API server, in milliseconds. */
const askMs = 5_000;

/**
 * Whether the platform is in an existing cluster, from one look with a short deadline. `absent` where values name no context
 * of this machine, or where nothing of the platform is in the cluster.
 */
export async function existingStatus(
  { locations, connect }: Pick<EngineDeps, 'locations' | 'connect'>,
  context: string,
): Promise<EngineStatus> {
  const access = await lookForContext(locations, context);
  if (!access) return { state: 'absent', parts: [] };
  const part = (state: EnginePart['state']): EnginePart[] => [
    {
      name: access.server,
      state,
      restarts: 0,
      log: `${kubectlFor(access.kubeconfig, context)} get --raw '/readyz?verbose'`,
    },
  ];
  try {
    const kube = await connect(access.kubeconfig, context, askMs);
    return (await isThere(kube))
      ? { state: 'running', parts: part('running') }
      : { state: 'absent', parts: [] };
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { state: 'degraded', parts: part('unresponsive'), silent: error.message };
  }
}

/** True from the first object that bootstrap puts there to the last one that delete takes away. */
async function isThere(kube: Kube): Promise<boolean> {
  const [root, installed] = await Promise.all([
    kube.get({ ...kustomizationKind, namespace: fluxNamespace, name: rootName }),
    kube.list(
      { apiVersion: 'v1', kind: 'ServiceAccount' },
      { namespace: fluxNamespace, labelSelector: `${installedLabel}=platform` },
    ),
  ]);
  return root !== undefined || installed.length > 0;
}
