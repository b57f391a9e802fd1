import { fallbackRule, generalRules } from './rules/any.ts';
import { kustomizationRules, progressRule } from './rules/appliers.ts';
import { chartMissingRule, helmRetriesRule, helmRules } from './rules/helm.ts';
import { otherRules } from './rules/others.ts';
import { podRules } from './rules/pods.ts';
import { sourceRules } from './rules/sources.ts';
import { workloadRules } from './rules/workloads.ts';
import type { Rule } from './rule.ts';

/** All rules, in the order in which they are asked: the more a rule knows, the earlier. */
export const rules: readonly Rule[] = [
  helmRetriesRule,
  chartMissingRule,
  ...generalRules,
  ...podRules,
  ...workloadRules,
  ...sourceRules,
  ...kustomizationRules,
  ...helmRules,
  ...otherRules,
  progressRule,
  fallbackRule,
];
