import { conditionOf, firstLine } from '../../fields.ts';
import { formatRef, refOf } from '../../../ports/kube.ts';
import { suspensionOf } from '../../marks.ts';
import { controllerOf } from '../../flux-controllers.ts';
import { describeCommand, platformCommand, type Rule } from '../rule.ts';

const fluxKinds = [
  'Kustomization',
  'HelmRelease',
  'GitRepository',
  'OCIRepository',
  'HelmRepository',
  'HelmChart',
  'ImageRepository',
  'ImagePolicy',
  'ImageUpdateAutomation',
];

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
    kinds: fluxKinds,
    find: ({ object, seen }, index) => {
      if (seen.state !== 'Suspended') return undefined;
      const { reason, by, since, until, expired = false } = suspensionOf(object, index.now) ?? {};
      const who = by === undefined ? '' : ` by ${by}`;
      const why = reason === undefined ? ', Flux leaves it as it is' : ` (${reason})`;
      const end = until === undefined ? '' : expired ? `; that was to end ${until}` : ` until ${until}`;
      return {
        says: `suspended${who}${why}${end}`,
        next: platformCommand(index, 'resume', formatRef(refOf(object))),
        ...(since === undefined ? {} : { since }),
        final: true,
      };
    },
  },
  {
    name: 'controller-down',
    kinds: fluxKinds,
    find: ({ object, seen }, index) => {
      const controller = controllerOf(object.kind, object.apiVersion);
      const idle = seen.state === 'Stale' || seen.state === 'Unknown' || seen.state === 'Reconciling';
      if (controller === undefined || !idle || !index.stopped.includes(controller)) return undefined;
      return {
        says: `${controller} does not run, so nobody works on it`,
        next: platformCommand(index, 'status'),
      };
    },
  },
  {
    name: 'stalled',
    kinds: fluxKinds,
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
