import type { Rule } from '../rule.ts';
import { containersOf, workloadOf } from '../workload.ts';

/** True for `image:1.2.3` and `image@sha256:…`; a registry's port is no tag. */
function isPinned(image: string): boolean {
  if (image.includes('@')) return true;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag !== undefined && tag !== 'latest';
}

export const imageTag: Rule = {
  code: 'IMAGE_TAG_MISSING',
  severity: 'error',
  title: 'Every image has a tag other than `latest`, or a digest.',
  why: 'Without one, two pods of one Deployment can run different programs, and going back to the version before is impossible.',
  check: ({ applied }) =>
    applied.flatMap(({ object, kustomization }) => {
      const workload = workloadOf(object);
      return (workload ? containersOf(workload) : []).flatMap(({ container, path }) => {
        const { name = '', image } = container;
        if (image === undefined || isPinned(image)) return []; // the schema reports a container without an image
        return {
          message: `container ${name} runs ${image}: no version that stays the same`,
          hint: `give the image a semver tag, e.g. ${image.replace(/:latest$/, '')}:0.1.0`,
          object,
          kustomization,
          path: [...path, 'image'],
        };
      });
    }),
};
