import { groupOf } from '../known-components.ts';
import type { Rule } from '../rule.ts';

export const componentMissing: Rule = {
  code: 'COMPONENT_MISSING',
  severity: 'error',
  title: "The component that brings an object's kind is enabled, or provided by the cluster.",
  why: 'The API server refuses the object: no matches for kind. Where the component was there before, its end deletes all objects of its kinds.',
  check: ({ applied, components }) =>
    applied.flatMap(({ object, kustomization }) => {
      const component = components.find(({ groups }) => groups.includes(groupOf(object.apiVersion)));
      if (component === undefined || component.present) return [];
      const { name } = component;
      return {
        message: `needs the component ${name}, which this environment is without`,
        hint: `platform component enable ${name} <environment>, or take the object out`,
        object,
        kustomization,
        path: ['apiVersion'],
      };
    }),
};
