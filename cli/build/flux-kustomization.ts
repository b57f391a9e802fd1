import { posix } from 'node:path';
import type { KubeObject } from '../ports/kube.ts';

/** The fields of a Flux Kustomization's spec that change what is built or when. */
export interface FluxKustomizationSpec {
  readonly path?: string;
  readonly prune?: boolean;
  readonly wait?: boolean;
  readonly dependsOn?: readonly { readonly name: string; readonly namespace?: string }[];
  readonly targetNamespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly patches?: readonly unknown[];
  readonly images?: readonly unknown[];
  readonly components?: readonly string[];
  readonly commonMetadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly postBuild?: unknown;
  readonly sourceRef?: { readonly kind?: string; readonly name?: string };
}

/** The source and the Kustomization by which Flux manages itself; what they bring lies in no folder of this repository. */
export function isFluxItself(object: KubeObject): boolean {
  if (object.kind === 'OCIRepository') return object.metadata.name === selfSource;
  const { sourceRef } = fluxSpec(object);
  return isFluxKustomization(object) && sourceRef?.kind === 'OCIRepository' && sourceRef.name === selfSource;
}

/** Of the OCIRepository in templates/clusters/flux-existing. */
const selfSource = 'flux-manifests';

export function isFluxKustomization(object: KubeObject): boolean {
  return object.kind === 'Kustomization' && object.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');
}

export function fluxSpec(object: KubeObject): FluxKustomizationSpec {
  return object['spec'] ?? {};
}

/** spec.path relative to the repository root: `./apps/x/` is `apps/x`, nothing is `.`. */
export function fluxPath(object: KubeObject): string {
  return posix.normalize(fluxSpec(object).path ?? '.').replace(/^\/+|\/+$/g, '') || '.';
}

/** spec.dependsOn as names; `namespace/name` only where the namespace is another one. */
export function dependencies(object: KubeObject): string[] {
  return (fluxSpec(object).dependsOn ?? []).map(({ name, namespace }) =>
    namespace === undefined || namespace === object.metadata.namespace ? name : `${namespace}/${name}`,
  );
}
