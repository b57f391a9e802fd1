import type { Rule } from '../rule.ts';
import { matches, workloadOf } from '../workload.ts';

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

export const selectorMismatch: Rule = {
  code: 'SELECTOR_MISMATCH',
  severity: 'error',
  title: 'A workload selects the pods that its own template makes.',
  why: 'The API server refuses it, and no schema can say so.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      const workload = kinds.includes(object.kind) ? workloadOf(object) : undefined;
      const { selector } = (object['spec'] ?? {}) as { selector?: { matchLabels?: Record<string, string> } };
      const wanted = selector?.matchLabels ?? {};
      if (workload === undefined || matches(wanted, workload.labels)) return [];
      const missing = Object.entries(wanted).filter(([key, value]) => workload.labels[key] !== value);
      const labels = missing.map(([key, value]) => `${key}: ${value}`).join(', ');
      return {
        message: `selects ${labels}, which its pod template does not have`,
        hint: `add ${labels} to spec.template.metadata.labels`,
        object,
        kustomization,
        path: ['spec', 'selector', 'matchLabels'],
      };
    }),
};
