import type { Rule } from '../rule.ts';
import { matches, workloadOf } from '../workload.ts';

export const probes: Rule = {
  code: 'PROBE_MISSING',
  severity: 'warning',
  title: 'A Deployment behind a Service has a liveness and a readiness probe.',
  why: 'Without readiness, requests reach a pod before it serves; without liveness, one that hangs stays in.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      const workload = object.kind === 'Deployment' ? workloadOf(object) : undefined;
      if (workload === undefined) return [];
      const served = applied.some(({ object: service }) => {
        if (service.kind !== 'Service' || service.metadata.namespace !== object.metadata.namespace)
          return false;
        const { selector } = (service['spec'] ?? {}) as { selector?: Record<string, string> };
        return selector !== undefined && matches(selector, workload.labels);
      });
      const containers = workload.spec.containers ?? [];
      const missing = (['livenessProbe', 'readinessProbe'] as const).filter(
        (probe) => !containers.some((container) => container[probe] !== undefined),
      );
      if (!served || missing.length === 0) return [];
      return {
        message: `serves requests without ${missing.join(' and ')}`,
        hint: `give its container ${missing.join(' and ')}`,
        object,
        kustomization,
        path: [...workload.path, 'containers'],
      };
    }),
};
