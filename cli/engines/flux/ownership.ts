import type { KubeObject } from '../../ports/kube.ts';

/** The Kustomization by which Flux manages itself on an existing cluster; rendered from templates/clusters/flux. */
export const selfName = 'flux';

/**
 * On what this program put into a cluster that did not have it, with the value `platform`: Flux's objects, its namespace,
 * generated Secrets. Only that is taken out again.
 */
export const installedLabel = 'app.kubernetes.io/managed-by';

/** Where Flux runs. Its controllers meet the strictest of the Pod Security Standards, and nothing else has to run there. */
export const fluxNamespaceObject: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'flux-system',
    labels: { [installedLabel]: 'platform', 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
};

/** True for an object that this program wrote, be it beside others: of a namespace, that bootstrap made it. */
export function isWrittenByUs({ metadata }: KubeObject): boolean {
  return metadata.managedFields?.some(({ manager }) => manager === 'platform') ?? false;
}
