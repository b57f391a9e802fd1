import { findCycles } from '../../build/dependency-order.ts';
import { dependencies, isFluxKustomization } from '../../build/flux-kustomization.ts';
import type { Rule } from '../rule.ts';

export const dependsOnCycle: Rule = {
  code: 'DEPENDS_ON_CYCLE',
  severity: 'error',
  title: 'No Flux Kustomizations wait for each other in a circle.',
  why: 'None of them is ever applied, and Flux says only "dependency not ready".',
  check: ({ build }) => {
    const objects = build.fluxObjects.filter(isFluxKustomization);
    const items = objects.map((object) => ({ name: object.metadata.name, dependsOn: dependencies(object) }));
    return findCycles(items).map((cycle) => ({
      message: `waits for itself: ${[...cycle, cycle[0]].join(' → ')}`,
      hint: 'take one of these out of dependsOn (values: apps.<app>.after)',
      object: objects.find(({ metadata }) => metadata.name === cycle[0]),
      path: ['spec', 'dependsOn'],
    }));
  },
};
