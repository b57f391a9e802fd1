import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../ports/kube.ts';
import { containersOf, workloadOf } from '../validate/workload.ts';

type Spec = Readonly<Record<string, unknown>>;

/**
 * What the API server refuses to change in an existing object, as paths; from the update validation of Kubernetes 1.36
 * (pkg/apis/<group>/validation). Flux reports such a change as a failed apply, unless the object allows to be re-created.
 */
const immutable: Readonly<Record<string, readonly string[]>> = {
  Job: [
    'spec.template',
    'spec.selector',
    'spec.completionMode',
    'spec.podFailurePolicy',
    'spec.podReplacementPolicy',
  ],
  Deployment: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Service: ['spec.clusterIP', 'spec.clusterIPs'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  PriorityClass: ['value', 'preemptionPolicy'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  Secret: ['type'],
  CustomResourceDefinition: ['spec.scope', 'spec.group', 'spec.names.kind', 'spec.names.plural'],
};

/** Kinds where only these parts of spec may change. */
const mutableParts: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: [
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  ],
  PersistentVolumeClaim: ['resources', 'volumeAttributesClassName'],
};

/** True where the API server will refuse the change. */
export function isImmutableChange(before: KubeObject, after: KubeObject): boolean {
  const differs = (path: string): boolean => !isDeepStrictEqual(at(before, path), at(after, path));
  const mutable = mutableParts[after.kind];
  if (mutable !== undefined) {
    const rest = ({ spec }: KubeObject): object =>
      Object.fromEntries(Object.entries((spec ?? {}) as Spec).filter(([key]) => !mutable.includes(key)));
    return !isDeepStrictEqual(rest(before), rest(after));
  }
  if (before['immutable'] === true) return ['immutable', 'data', 'binaryData', 'stringData'].some(differs);
  return (immutable[after.kind] ?? []).some(differs);
}

function at(object: KubeObject, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Spec | undefined)?.[key], object);
}

/** True where a container that is there on both sides runs another image. */
export function isImageChange(before: KubeObject, after: KubeObject): boolean {
  const images = (object: KubeObject): Map<string | undefined, string | undefined> => {
    const workload = workloadOf(object);
    return new Map(
      (workload ? containersOf(workload) : []).map(({ container: { name, image } }) => [name, image]),
    );
  };
  const old = images(before);
  return [...images(after)].some(([name, image]) => old.has(name) && old.get(name) !== image);
}

/** True where the change takes the last replica away. */
export function isScaledToZero(before: KubeObject, after: KubeObject): boolean {
  return at(after, 'spec.replicas') === 0 && at(before, 'spec.replicas') !== 0;
}

/** True where Flux leaves the object in the cluster when git no longer has it (kustomize-controller, spec.prune). */
export function isKept(object: KubeObject, prune: boolean): boolean {
  return !prune || object.metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'] === 'disabled';
}
