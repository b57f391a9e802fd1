import type { Build } from '../build/build.ts';
import type { KubeObject } from '../ports/kube.ts';
import type { Hit, Severity } from './finding.ts';

/** One house rule, as data: the validator runs it, docs/rules.md is written from it. */
export interface Rule {
  /** Stable, never renamed or reused. */
  readonly code: string;
  readonly severity: Severity;
  /** What is true where the rule holds, in one sentence. */
  readonly title: string;
  /** What goes wrong in a cluster otherwise. */
  readonly why: string;
  readonly check: (context: RuleContext) => Hit[];
}

/** An object and who applies it. */
export interface Placed {
  readonly object: KubeObject;
  /** Name of its Flux Kustomization; undefined for the Flux objects themselves, which the root applies. */
  readonly kustomization: string | undefined;
}

/** A component of the infrastructure, as far as rules need to know it. */
export interface KnownComponent {
  readonly name: string;
  /** API groups of the kinds that it brings. */
  readonly groups: readonly string[];
  /** Whether the cluster has it: from this build, or from somebody else as values say. */
  readonly present: boolean;
}

/** The build, and views on it that many rules share. */
export interface RuleContext {
  readonly build: Build;
  /** What the Kustomizations apply, without the Flux objects. */
  readonly applied: readonly Placed[];
  /** The Flux objects and all that is applied. */
  readonly all: readonly Placed[];
  readonly components: readonly KnownComponent[];
}

export function ruleContext(build: Build, components: readonly KnownComponent[] = []): RuleContext {
  const applied = build.kustomizations.flatMap(({ name, objects }) =>
    objects.map((object) => ({ object, kustomization: name })),
  );
  const flux = build.fluxObjects.map((object) => ({ object, kustomization: undefined }));
  return { build, applied, all: [...flux, ...applied], components };
}
