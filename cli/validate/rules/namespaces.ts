import type { KubeObject } from '../../ports/kube.ts';
import { groupOf } from '../known-components.ts';
import type { Rule, RuleContext } from '../rule.ts';

/** Cluster-scoped kinds by API group; Kubernetes 1.36 (`kubectl api-resources --namespaced=false`), and what is used with it. */
const clusterScoped: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'external-secrets.io': ['ClusterExternalSecret', 'ClusterPushSecret', 'ClusterSecretStore'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'keda.sh': ['ClusterTriggerAuthentication'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
};

/** There in every cluster, or made by bootstrap. */
const given = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'flux-system'];

function isClusterScoped({ apiVersion, kind }: KubeObject, { all }: RuleContext): boolean {
  if (clusterScoped[groupOf(apiVersion)]?.includes(kind) === true) return true;
  return all.some(({ object }) => {
    if (object.kind !== 'CustomResourceDefinition') return false;
    const { group, scope, names } = (object['spec'] ?? {}) as {
      group?: string;
      scope?: string;
      names?: { kind?: string };
    };
    return group === groupOf(apiVersion) && names?.kind === kind && scope === 'Cluster';
  });
}

export const namespaceMissing: Rule = {
  code: 'NAMESPACE_MISSING',
  severity: 'error',
  title: 'Every object that lives in a namespace says in which one.',
  why: 'kubectl would put it wherever the current context points to, and Flux refuses it.',
  check: (context) =>
    context.all
      .filter(({ object }) => object.metadata.namespace === undefined && !isClusterScoped(object, context))
      .map(({ object, kustomization }) => ({
        message: 'has no metadata.namespace',
        hint: 'set metadata.namespace, or `namespace:` in the kustomization.yaml',
        object,
        kustomization,
        path: ['metadata', 'name'],
      })),
};

export const namespaceUnknown: Rule = {
  code: 'NAMESPACE_UNKNOWN',
  severity: 'error',
  title: 'Every namespace that is used is created in infrastructure/namespaces.',
  why: 'On a fresh cluster the first apply fails: namespace not found.',
  check: ({ all }) => {
    const created = all
      .filter(({ object }) => object.kind === 'Namespace')
      .map(({ object }) => object.metadata.name);
    const known = new Set([...given, ...created]);
    return all
      .filter(
        ({ object: { metadata } }) => metadata.namespace !== undefined && !known.has(metadata.namespace),
      )
      .map(({ object, kustomization }) => ({
        message: `lies in namespace ${object.metadata.namespace ?? ''}, which nothing creates`,
        hint: `add it to infrastructure/namespaces, or use one of: ${created.join(', ')}`,
        object,
        kustomization,
        path: ['metadata', 'namespace'],
      }));
  },
};
