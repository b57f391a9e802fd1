import type { Place } from '../errors/platform-error.ts';
import type { KubeObject } from '../ports/kube.ts';

export type Severity = 'error' | 'warning';

/** One thing that is wrong in the built manifests of an environment. */
export interface Finding {
  /** Stable: scripts match on it; docs/rules.md explains each. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** The edit that mends it. */
  readonly hint: string;
  /** `Kind/namespace/name` of the object that is wrong. */
  readonly object?: string | undefined;
  readonly place?: Place | undefined;
}

/** What a check says; where that lies in which file is found afterwards, in one place for all checks. */
export interface Hit {
  readonly message: string;
  readonly hint: string;
  readonly object?: KubeObject | undefined;
  /** Name of the Flux Kustomization that applies the object; undefined for the Flux objects themselves. */
  readonly kustomization?: string | undefined;
  /** Where in the object: `['spec', 'template', 'spec', 'containers', 0, 'image']`. */
  readonly path?: readonly (string | number)[] | undefined;
}

/** `spec.template.spec.containers[0].image`; a key with dots or slashes is quoted in brackets. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    })
    .join('')
    .replace(/^\./, '');
}
