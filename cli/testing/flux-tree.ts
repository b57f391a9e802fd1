/** A Flux Kustomization as templates/ renders one; `extra` are more lines of its spec, indented by two. */
export function fluxKustomization(
  name: string,
  path: string,
  dependsOn: readonly string[] = [],
  extra = '',
): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 10m
  path: ./${path}
  prune: true
  wait: true
  sourceRef: { kind: GitRepository, name: platform }
  dependsOn: [${dependsOn.map((needed) => `{ name: ${needed} }`).join(', ')}]
${extra}`;
}

/** A small repository with one environment `dev`, one app `web` and the namespace it lives in. */
export const smallTree: Readonly<Record<string, string>> = {
  'clusters/dev/flux/namespaces.yaml': fluxKustomization('namespaces', 'infrastructure/namespaces'),
  'clusters/dev/flux/web.yaml': fluxKustomization('web', 'apps/web/overlays/dev', ['namespaces']),
  'infrastructure/namespaces/ml.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: ml }\n',
  'apps/web/base/kustomization.yaml': 'resources: [config.yaml]\n',
  'apps/web/base/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: ml
data:
  LOG_LEVEL: info
`,
  'apps/web/overlays/dev/kustomization.yaml': 'resources: [../../base]\n',
};
