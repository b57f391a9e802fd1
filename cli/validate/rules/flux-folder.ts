import { fluxFolder } from '../../build/build.ts';
import { fluxSpec, isFluxItself, isFluxKustomization } from '../../build/flux-kustomization.ts';
import type { Rule } from '../rule.ts';

export const fluxSourceInGit: Rule = {
  code: 'FLUX_SOURCE_IN_GIT',
  severity: 'error',
  title: 'clusters/<env>/flux holds no Flux source and no Secret.',
  why: "bootstrap makes the source with this machine's address; one in git overwrites it with another address, and the cluster never syncs again.",
  check: ({ build }) =>
    build.fluxObjects
      .filter(
        (object) =>
          (object.apiVersion.startsWith('source.toolkit.fluxcd.io/') && !isFluxItself(object)) ||
          object.kind === 'Secret',
      )
      .map((object) => ({
        message: `a ${object.kind} lies in ${fluxFolder(build.environment)}`,
        hint: 'take it out: bootstrap applies the source and its Secret; sources of charts belong to an app or a component',
        object,
      })),
};

export const fluxSubstitution: Rule = {
  code: 'FLUX_SUBSTITUTION_ON',
  severity: 'error',
  title: "Flux's post-build substitution stays off.",
  why: 'It is strict since Flux 2.9: any ${…} in a script or ConfigMap then breaks the whole Kustomization. Values are filled in by render.',
  check: ({ build }) =>
    build.fluxObjects
      .filter((object) => isFluxKustomization(object) && fluxSpec(object).postBuild !== undefined)
      .map((object) => ({
        message: 'has spec.postBuild',
        hint: 'take it out and put the value into clusters/<env>/values.yaml',
        object,
        path: ['spec', 'postBuild'],
      })),
};

export const dependencyWithoutWait: Rule = {
  code: 'DEPENDENCY_WITHOUT_WAIT',
  severity: 'warning',
  title: 'A Flux Kustomization that others depend on waits for the health of its objects.',
  why: 'Without `wait`, it is Ready as soon as it is applied, and what depends on it starts before it works.',
  check: ({ build }) =>
    build.kustomizations
      .filter(
        ({ name, wait, objects }) =>
          !wait &&
          objects.length > 0 &&
          build.kustomizations.some(({ dependsOn }) => dependsOn.includes(name)),
      )
      .map(({ name }) => ({
        message: 'others depend on it, but it does not wait until its objects are healthy',
        hint: 'set spec.wait: true',
        object: build.fluxObjects.find(
          (object) => isFluxKustomization(object) && object.metadata.name === name,
        ),
        path: ['spec', 'wait'],
      })),
};
