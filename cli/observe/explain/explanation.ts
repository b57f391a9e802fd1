import type { Origin } from './explain-field.ts';
import type { FieldManager } from './field-manager.ts';

/** A field of a live object, and the way back to what a person edits. */
export interface Explanation {
  readonly environment: string;
  /** The object that git describes: of a pod, the workload that it is of. */
  readonly object: string;
  /** Where another object was named: from it to {@link object}. */
  readonly madeFrom: readonly string[];
  /** Absent where no field was named. */
  readonly path?: string;
  /** Absent where no cluster was asked, or the object does not have it. */
  readonly live?: { readonly value: unknown; readonly managers: readonly FieldManager[] };
  /** Absent where git says nothing of the field. */
  readonly git?: { readonly value: unknown };
  /** The commit that is applied: lines are those of its files. */
  readonly commit: string;
  /** The Kustomization that applies it, and the folder that it builds. */
  readonly appliedBy: string;
  readonly folder: string;
  readonly origins: readonly Origin[];
  /** Without a field: all that git sets. */
  readonly fields?: readonly string[];
}

/** Instead of what stands in a Secret. */
export const hidden = '(hidden)';

/** Of a Secret the places are told, and nothing that stands there. */
export function withoutValues({ text, values, template, ...origin }: Origin): Origin {
  return {
    ...origin,
    text: keyOf(text),
    ...(template ? { template } : {}),
    values: values.map((value) => ({ ...value, value: hidden })),
  };
}

function keyOf(text: string): string {
  return `${text.split(':')[0] ?? ''}: ${hidden}`;
}
