import type { Rule } from '../rule.ts';
import { containersOf, workloadOf } from '../workload.ts';

const wanted = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'memory'],
] as const;

export const resources: Rule = {
  code: 'RESOURCES_MISSING',
  severity: 'error',
  title: 'Every container asks for CPU and memory, and has a memory limit.',
  why: 'The scheduler packs pods by what they ask for; one without a limit can take the memory of its whole node, and no autoscaler can work on it.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      const workload = workloadOf(object);
      return (workload ? containersOf(workload) : []).flatMap(({ container, path }) => {
        const missing = wanted.filter(([list, key]) => container.resources?.[list]?.[key] === undefined);
        if (missing.length === 0) return [];
        const names = missing.map((keys) => `resources.${keys.join('.')}`).join(', ');
        return {
          message: `container ${container.name ?? ''} has no ${names}`,
          hint: `set ${names}`,
          object,
          kustomization,
          path: [...path, 'resources'],
        };
      });
    }),
};
