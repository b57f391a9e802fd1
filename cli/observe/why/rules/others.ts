import { conditionOf, firstLine, textAt } from '../../fields.ts';
import { describeCommand, type Rule } from '../rule.ts';

/** Rules on objects that Flux applies and that are no workloads, and on Flux's image automation. */
export const otherRules: readonly Rule[] = [
  {
    name: 'claim-unbound',
    kinds: ['PersistentVolumeClaim'],
    find: ({ object }, index) => {
      if (textAt(object, 'status', 'phase') === 'Bound') return undefined;
      const warning = index.warningsOf(object)[0];
      const why = warning ? `: ${firstLine(warning.message)}` : '';
      return {
        says: `has no volume${why}`,
        next: `Correct its storageClassName (${textAt(object, 'spec', 'storageClassName') || 'the default'}): kubectl get storageclasses`,
      };
    },
  },
  {
    name: 'external-secret',
    kinds: ['ExternalSecret'],
    find: ({ object, seen }, index) => {
      if (seen.state === 'Ready') return undefined;
      const kind = textAt(object, 'spec', 'secretStoreRef', 'kind') || 'SecretStore';
      const store = textAt(object, 'spec', 'secretStoreRef', 'name');
      const said = index.warningsOf(object)[0]?.message ?? seen.message;
      return {
        says: `cannot be read from ${kind} ${store}: ${firstLine(said)}`,
        next: describeCommand(object),
        since: seen.since,
      };
    },
  },
  {
    name: 'secret-store',
    kinds: ['SecretStore', 'ClusterSecretStore'],
    find: ({ object, seen }, index) => {
      if (seen.state === 'Ready') return undefined;
      const said = index.warningsOf(object)[0]?.message ?? seen.message;
      return {
        says: `nothing can be read from this store: ${firstLine(said)}`,
        next: describeCommand(object),
        since: seen.since,
      };
    },
  },
  {
    name: 'image-policy',
    kinds: ['ImagePolicy'],
    find: ({ object, seen }) => {
      const ready = conditionOf(object, 'Ready');
      if (ready?.status !== 'False') return undefined;
      const range = textAt(object, 'spec', 'policy', 'semver', 'range');
      return {
        says: `no tag of its image fits ${range === '' ? 'the policy' : `the range ${range}`}: ${firstLine(ready.message)}`,
        next: "Push such a tag, or change image.range in the environment's values",
        since: seen.since,
      };
    },
  },
];
