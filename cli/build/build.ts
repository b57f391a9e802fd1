import type { KubeObject } from '../ports/kube.ts';

/** What one Flux Kustomization applies. */
export interface BuiltKustomization {
  /** metadata.name of the Flux Kustomization. */
  readonly name: string;
  /** spec.path relative to the repository root, with forward slashes and without `./`: `apps/trades/overlays/dev`. */
  readonly path: string;
  /** Names as spec.dependsOn has them; `namespace/name` where they lie outside this Kustomization's namespace. */
  readonly dependsOn: readonly string[];
  /** True where Flux waits until every object is healthy before it calls this one Ready. */
  readonly wait: boolean;
  /** True where Flux deletes what is no longer built. */
  readonly prune: boolean;
  readonly objects: readonly KubeObject[];
}

/** Everything that git makes a cluster of one environment hold. */
export interface Build {
  readonly environment: string;
  /** The content of clusters/<env>/flux: what the root Kustomization applies. */
  readonly fluxObjects: readonly KubeObject[];
  /** In dependency order: each after everything it depends on, otherwise by name. */
  readonly kustomizations: readonly BuiltKustomization[];
}

/** The folder of an environment's Flux objects, relative to the repository root. */
export function fluxFolder(environment: string): string {
  return `clusters/${environment}/flux`;
}

/** An environment that does not exist (yet): nothing in it. */
export function emptyBuild(environment: string): Build {
  return { environment, fluxObjects: [], kustomizations: [] };
}
