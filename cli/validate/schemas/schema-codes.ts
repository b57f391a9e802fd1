import type { Rule } from '../rule.ts';

/** The codes of the schema check, for docs/rules.md. They are no house rules: the check of all three is one. */
export const schemaCodes: readonly Omit<Rule, 'check'>[] = [
  {
    code: 'SCHEMA_UNKNOWN_KIND',
    severity: 'error',
    title: 'Every object is of a kind that the pinned Kubernetes, Flux, or a CRD in the same build knows.',
    why: 'The API server refuses it: no matches for kind. Objects of image.toolkit.fluxcd.io are let through unchecked: no Go module holds their definitions.',
  },
  {
    code: 'SCHEMA_UNKNOWN_FIELD',
    severity: 'error',
    title: 'Every field of an object is one that its kind has.',
    why: 'The API server drops unknown fields silently, or Flux refuses the object: a typo either does nothing or stops the deployment.',
  },
  {
    code: 'SCHEMA_INVALID',
    severity: 'error',
    title: 'Every field has the type and form that its kind asks for, and no required field is missing.',
    why: 'The API server refuses the object, and with it Flux refuses everything else in the same Kustomization.',
  },
];
