import { computed } from '@preact/signals';
import { culpritsOf } from '../../observe/culprits.ts';
import type { Cause } from '../../observe/model.ts';
import { rows } from './store.ts';

/** Everything that is not ready, by what is to blame: as `platform why` tells it. */
export const culprits = computed(() => {
  const all = [...rows.value.values()];
  return culpritsOf({
    items: all.flatMap(({ item }) => item ?? []),
    parts: all.flatMap(({ part }) => part ?? []),
  });
});

const byId = computed(() => new Map(culprits.value.map((culprit) => [culprit.id, culprit])));

/** Why an object is not ready, or what it is to blame for; it may be one that the cluster does not have. */
export function causeAbout(id: string): Cause | undefined {
  const row = rows.value.get(id);
  return (row?.item ?? row?.part)?.cause ?? byId.value.get(id)?.cause;
}

/** Whether there is a page about it. */
export function isKnown(id: string): boolean {
  return rows.value.has(id) || byId.value.has(id);
}
