import type { Rule } from '../rule.ts';
import { matches, workloadOf } from '../workload.ts';

interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Readonly<Record<string, string>>;
}

export const serviceSelectsNothing: Rule = {
  code: 'SERVICE_SELECTS_NOTHING',
  severity: 'error',
  title: 'Every Service selects pods of a workload in its namespace.',
  why: 'A Service without endpoints accepts the name and refuses every connection; nothing becomes unhealthy.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      if (object.kind !== 'Service' || object.apiVersion !== 'v1') return [];
      const { type, selector } = (object['spec'] ?? {}) as ServiceSpec;
      // Without a selector somebody else writes the endpoints; ExternalName has none.
      if (type === 'ExternalName' || selector === undefined || Object.keys(selector).length === 0) return [];
      const found = applied.some(
        ({ object: other }) =>
          other.metadata.namespace === object.metadata.namespace &&
          matches(selector, workloadOf(other)?.labels ?? {}),
      );
      if (found) return [];
      const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      return {
        message: `selects ${labels.join(',')}, which no pod template in its namespace has`,
        hint: 'make spec.selector equal to the labels of the pods, or drop the Service',
        object,
        kustomization,
        path: ['spec', 'selector'],
      };
    }),
};
