import { closest } from '../../errors/did-you-mean.ts';
import { dependencies, isFluxKustomization } from '../../build/flux-kustomization.ts';
import type { Rule } from '../rule.ts';

export const dependsOnUnknown: Rule = {
  code: 'DEPENDS_ON_UNKNOWN',
  severity: 'error',
  title: 'Every dependsOn names a Flux Kustomization of the same environment.',
  why: 'Flux waits for the missing one for ever, without an error.',
  check: ({ build }) => {
    const known = new Set(build.fluxObjects.filter(isFluxKustomization).map(({ metadata }) => metadata.name));
    return build.fluxObjects.filter(isFluxKustomization).flatMap((object) =>
      dependencies(object).flatMap((name, index) => {
        if (known.has(name)) return [];
        const guess = closest(name, known);
        return {
          message: `depends on ${name}, which does not exist`,
          hint: guess === undefined ? `one of: ${[...known].join(', ')}` : `did you mean ${guess}?`,
          object,
          path: ['spec', 'dependsOn', index, 'name'],
        };
      }),
    );
  },
};
