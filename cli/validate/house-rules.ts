import type { Rule } from './rule.ts';
import { autoscaledTwice, autoscalerBounds } from './rules/autoscalers.ts';
import { componentMissing } from './rules/component-missing.ts';
import { configReference, secretKey, secretReference } from './rules/config-references.ts';
import { dependsOnCycle } from './rules/depends-on-cycle.ts';
import { dependsOnUnknown } from './rules/depends-on-unknown.ts';
import { disruptionBudget } from './rules/disruption-budget.ts';
import { dependencyWithoutWait, fluxSourceInGit, fluxSubstitution } from './rules/flux-folder.ts';
import { imageTag } from './rules/image-tag.ts';
import { namespaceMissing, namespaceUnknown } from './rules/namespaces.ts';
import { duplicated, ownedTwice } from './rules/object-identity.ts';
import { podSecurity } from './rules/pod-security.ts';
import { probes } from './rules/probes.ts';
import { resources } from './rules/resources.ts';
import { secretInConfig } from './rules/secret-in-config.ts';
import { secretPlaintext } from './rules/secret-plaintext.ts';
import { selectorMismatch } from './rules/selector-mismatch.ts';
import { serviceSelectsNothing } from './rules/service-selects-nothing.ts';

/** Every house rule, in the order of docs/rules.md. A new rule is a file in rules/, a line here and a fixture. */
export const houseRules: readonly Rule[] = [
  imageTag,
  resources,
  podSecurity,
  probes,
  selectorMismatch,
  serviceSelectsNothing,
  disruptionBudget,
  autoscaledTwice,
  autoscalerBounds,
  componentMissing,
  configReference,
  secretReference,
  secretKey,
  secretInConfig,
  secretPlaintext,
  namespaceMissing,
  namespaceUnknown,
  ownedTwice,
  duplicated,
  dependsOnUnknown,
  dependsOnCycle,
  dependencyWithoutWait,
  fluxSourceInGit,
  fluxSubstitution,
];
