import type { Rule } from '../rule.ts';
import { matches, workloadOf } from '../workload.ts';

interface BudgetSpec {
  readonly selector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: unknown[];
  };
}

export const disruptionBudget: Rule = {
  code: 'PDB_SELECTS_NOTHING',
  severity: 'error',
  title: 'Every PodDisruptionBudget selects pods of a workload in its namespace.',
  why: 'One that selects nothing protects nothing, and the drain of a node takes all pods at once.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      if (object.kind !== 'PodDisruptionBudget') return [];
      const { matchLabels, matchExpressions = [] } = ((object['spec'] ?? {}) as BudgetSpec).selector ?? {};
      if (matchLabels === undefined || matchExpressions.length > 0) return [];
      const found = applied.some(
        ({ object: other }) =>
          other.metadata.namespace === object.metadata.namespace &&
          matches(matchLabels, workloadOf(other)?.labels ?? {}),
      );
      if (found) return [];
      const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
      return {
        message: `selects ${labels.join(',')}, which no pod template in its namespace has`,
        hint: 'make spec.selector.matchLabels equal to the labels of the pods, or drop the budget',
        object,
        kustomization,
        path: ['spec', 'selector'],
      };
    }),
};
