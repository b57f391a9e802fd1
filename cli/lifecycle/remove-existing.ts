import type { ClusterAccess } from '../engines/engine.ts';
import { otherPlatform } from '../engines/existing/preflight.ts';
import { requireRemote } from '../engines/existing/existing-engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { kubectlFor } from '../ports/kubectl-for.ts';
import type { ClusterToEnd } from './cluster-to-end.ts';
import { removeOwned } from './remove-owned.ts';
import type { Step } from './steps.ts';

/** How long one Kustomization or HelmRelease may take to go, in milliseconds: Flux itself waits as long by default. */
const unitMs = 300_000;

/**
 * Takes the platform out of a cluster that is not this program's own, and leaves the rest of it alone.
 *
 * @param stays Receives what stays although the platform used it, one sentence each.
 */
export function removalSteps(
  { connect, clock }: Pick<Deps, 'connect' | 'clock'>,
  { environment, engine }: Pick<ClusterToEnd, 'environment' | 'engine'>,
  stays: string[],
): Step[] {
  const reach = async (): Promise<ClusterAccess> => {
    const access = await engine.access();
    if (access) return access;
    const { context = '' } = environment.values.cluster;
    throw new PlatformError(
      'KUBECONFIG_UNUSABLE',
      `no kubeconfig has the context ${context}, which the values of ${environment.name} name`,
      'kubectl config get-contexts',
    );
  };
  return [
    {
      title: 'take out what Flux brought, in reverse order',
      run: async (say) => {
        const { kubeconfig, context } = await reach();
        const kube = await connect(kubeconfig, context);
        const other = await otherPlatform(kube, environment.name, requireRemote(environment));
        if (other !== undefined) {
          throw new PlatformError(
            'CLUSTER_FOREIGN',
            `the cluster of the context ${context} holds the platform of ${other}, so nothing was deleted`,
            `Name the right context in clusters/${environment.name}/values.yaml`,
          );
        }
        const kubectl = kubectlFor(kubeconfig, context);
        stays.push(...(await removeOwned({ kube, clock, kubectl, timeoutMs: unitMs }, say)));
        return 'done';
      },
    },
    {
      title: 'take out Flux',
      run: async (say) => {
        stays.push(...(await engine.delete(say)));
        return 'done';
      },
    },
  ];
}
