import type { KubeObject } from '../ports/kube.ts';
import { containersOf, workloadOf } from './workload.ts';

/** One place where a pod refers to a ConfigMap or a Secret of its namespace. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** The one key it asks for; undefined where it takes all. */
  readonly key: string | undefined;
  /** True where the pod starts without it. */
  readonly optional: boolean;
  /** Where the reference lies in the object. */
  readonly path: readonly (string | number)[];
}

type Part = { readonly name?: string; readonly key?: string; readonly optional?: boolean } | undefined;

/** There in every namespace: kube-controller-manager puts it there. */
const given = 'kube-root-ca.crt';

/** Every ConfigMap and Secret that the pods of a workload refer to: env, envFrom, volumes, image pull secrets. */
export function referencesOf(object: KubeObject): ConfigReference[] {
  const workload = workloadOf(object);
  if (workload === undefined) return [];
  const found: ConfigReference[] = [];
  const add = (kind: ConfigReference['kind'], part: Part, path: (string | number)[]): void => {
    if (part?.name === undefined || part.name === given) return;
    found.push({ kind, name: part.name, key: part.key, optional: part.optional ?? false, path });
  };
  for (const { container, path } of containersOf(workload)) {
    for (const [index, { configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
      add('ConfigMap', configMapRef, [...path, 'envFrom', index, 'configMapRef', 'name']);
      add('Secret', secretRef, [...path, 'envFrom', index, 'secretRef', 'name']);
    }
    for (const [index, { valueFrom }] of (container.env ?? []).entries()) {
      add('ConfigMap', valueFrom?.configMapKeyRef, [
        ...path,
        'env',
        index,
        'valueFrom',
        'configMapKeyRef',
        'name',
      ]);
      add('Secret', valueFrom?.secretKeyRef, [...path, 'env', index, 'valueFrom', 'secretKeyRef', 'name']);
    }
  }
  const { spec, path } = workload;
  for (const [index, { configMap, secret, projected }] of (spec.volumes ?? []).entries()) {
    const at = [...path, 'volumes', index];
    add('ConfigMap', configMap, [...at, 'configMap', 'name']);
    const { secretName, optional } = secret ?? {};
    if (secretName !== undefined)
      add('Secret', { name: secretName, optional: optional ?? false }, [...at, 'secret', 'secretName']);
    for (const [source, part] of (projected?.sources ?? []).entries()) {
      add('ConfigMap', part.configMap, [...at, 'projected', 'sources', source, 'configMap', 'name']);
      add('Secret', part.secret, [...at, 'projected', 'sources', source, 'secret', 'name']);
    }
  }
  for (const [index, part] of (spec.imagePullSecrets ?? []).entries()) {
    add('Secret', part, [...path, 'imagePullSecrets', index, 'name']);
  }
  return found;
}

/**
 * The names of the Secrets that an object makes, in its own namespace: itself, or what a controller makes of it (External
 * Secrets, cert-manager, Sealed Secrets).
 */
export function secretsMadeBy(object: KubeObject): string[] {
  const { target, secretName } = (object['spec'] ?? {}) as {
    target?: { name?: string };
    secretName?: string;
  };
  if (object.kind === 'ExternalSecret') return [target?.name ?? object.metadata.name];
  if (object.kind === 'Certificate') return secretName === undefined ? [] : [secretName];
  return object.kind === 'Secret' || object.kind === 'SealedSecret' ? [object.metadata.name] : [];
}
