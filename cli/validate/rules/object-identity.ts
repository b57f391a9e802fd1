import type { KubeObject } from '../../ports/kube.ts';
import type { Placed, Rule } from '../rule.ts';

/** The same for every version of one API group: a cluster has one object of it. */
function identity({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace ?? '', metadata.name].join('/');
}

function grouped(all: readonly Placed[], keyOf: (placed: Placed) => string): Placed[][] {
  const groups = new Map<string, Placed[]>();
  for (const placed of all) groups.set(keyOf(placed), [...(groups.get(keyOf(placed)) ?? []), placed]);
  return [...groups.values()].filter((same) => same.length > 1);
}

export const ownedTwice: Rule = {
  code: 'OBJECT_OWNED_TWICE',
  severity: 'error',
  title: 'One object is applied by one Flux Kustomization only.',
  why: 'Two owners overwrite each other at every reconcile, and when one of them lets go, it deletes what the other needs.',
  check: ({ all }) =>
    grouped(all, ({ object }) => identity(object)).flatMap((same) => {
      const owners = [
        ...new Set(same.map(({ kustomization }) => kustomization ?? 'the root (clusters/<env>/flux)')),
      ];
      const last = same.at(-1);
      if (owners.length < 2 || last === undefined) return [];
      return { message: `is applied by ${owners.join(' and ')}`, hint: 'keep it in one of them', ...last };
    }),
};

export const duplicated: Rule = {
  code: 'OBJECT_DUPLICATED',
  severity: 'error',
  title: 'No Flux Kustomization holds one object twice.',
  why: 'Two API versions of one object are one object in the cluster: the second silently replaces the first.',
  check: ({ all }) =>
    grouped(all, ({ object, kustomization }) => `${kustomization ?? ''} ${identity(object)}`).flatMap(
      (same) => {
        const last = same.at(-1);
        if (last === undefined) return [];
        const versions = same.map(({ object }) => object.apiVersion).join(', ');
        return { message: `is there ${same.length} times (${versions})`, hint: 'keep one of them', ...last };
      },
    ),
};
