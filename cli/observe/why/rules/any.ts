import { conditionOf, firstLine } from '../../fields.ts';
import { describeCommand, type Rule } from '../rule.ts';

/** Troubles that any object can have, asked first: they are the user's own doing. */
export const generalRules: readonly Rule[] = [
  {
    name: 'deleting',
    kinds: [],
    find: ({ object, seen }) =>
      seen.state === 'Deleting'
        ? { says: seen.message, next: describeCommand(object), since: seen.since }
        : undefined,
  },
  {
    name: 'suspended',
    kinds: ['Kustomization', 'HelmRelease', 'GitRepository', 'HelmRepository', 'HelmChart'],
    find: ({ object, seen }) =>
      seen.state === 'Suspended'
        ? {
            says: 'suspended, Flux leaves it as it is',
            next: `kubectl patch -n ${object.metadata.namespace ?? 'default'} ${object.kind.toLowerCase()} ${object.metadata.name} --type merge -p '{"spec":{"suspend":false}}'`,
            final: true,
          }
        : undefined,
  },
  {
    name: 'stalled',
    kinds: ['Kustomization', 'HelmRelease', 'GitRepository', 'HelmRepository', 'HelmChart'],
    find: ({ object, reason }) => {
      const stalled = conditionOf(object, 'Stalled');
      if (stalled?.status !== 'True') return undefined;
      return {
        says: `gave up (${stalled.reason || reason}): ${firstLine(stalled.message)}`,
        next: describeCommand(object),
        since: stalled.since,
        // A HelmRelease is tried again when it is asked to with a reset; the others only when their spec changes.
        final: true,
      };
    },
  },
];

/** Asked last: the newest Warning event and what the object says itself, verbatim. */
export const fallbackRule: Rule = {
  name: 'fallback',
  kinds: [],
  find: ({ object, seen }, index) => {
    const warning = index.warningsOf(object).find(({ at }) => at >= seen.since); // older ones were about something else
    const said = seen.message === '' ? seen.state : seen.message;
    const event =
      warning && !said.includes(warning.message) ? ` (${warning.reason}: ${firstLine(warning.message)})` : '';
    return { says: `${firstLine(said)}${event}`, next: describeCommand(object) };
  },
};
