import { join } from 'node:path';
import type { Row } from '../row.ts';
import { timed } from '../timed.ts';

const [floor, subject] = ['kubectl get of the same kinds', 'platform status dev'];

/**
 * The kinds that `platform status` reads, cli/observe/read-cluster.ts, as far as this cluster knows them; without events, of which it
 * reads the warnings alone: kubectl would have to be started once more for these.
 */
const kinds = [
  'kustomizations.kustomize.toolkit.fluxcd.io',
  'gitrepositories.source.toolkit.fluxcd.io',
  'helmrepositories.source.toolkit.fluxcd.io',
  'helmcharts.source.toolkit.fluxcd.io',
  'ocirepositories.source.toolkit.fluxcd.io',
  'helmreleases.helm.toolkit.fluxcd.io',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'jobs.batch',
  'pods',
  'persistentvolumeclaims',
];

/** One look at a running cluster. */
export const status: Row = {
  name: 'status',
  title: 'status of a running cluster',
  goals: [{ of: subject, to: floor, unit: 'ratio', atMost: 2 }],
  runs: 11,
  prepare: async (workshop) => {
    const { clone, env, home } = await workshop.cluster();
    const kubectl = await workshop.program('kubectl');
    const get = ['get', kinds.join(','), '--all-namespaces', '--output=json'];
    const options = { cwd: clone, env: { ...env, KUBECONFIG: join(home, '.kube/config') } };
    await timed(kubectl, get, options); // fills its discovery cache
    return {
      sides: [
        { name: floor, run: async () => timed(kubectl, get, options) },
        { name: subject, run: async () => timed(join(clone, 'platform'), ['status', 'dev'], options) },
      ],
    };
  },
};
