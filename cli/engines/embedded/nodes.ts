import type { EnvironmentValues } from '../../values/environment.ts';
import { type Kubectl, applyObjects } from '../kubectl.ts';

type NodeValues = Pick<EnvironmentValues['cluster'], 'nodes' | 'nodeCpu' | 'nodeMemory'>;

const simulated = 'platform.dev/simulated';

/** The simulated nodes of an environment: plain Node objects that KWOK keeps Ready. No taints: pods need no toleration. */
export function nodeObjects(environment: string, cluster: NodeValues): object[] {
  const size = { cpu: cluster.nodeCpu, memory: cluster.nodeMemory, pods: '110' };
  return Array.from({ length: cluster.nodes }, (_, index) => {
    const name = `${environment}-node-${String(index + 1)}`;
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: {
          [simulated]: 'true',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'node-role.kubernetes.io/worker': '',
        },
      },
      status: { allocatable: size, capacity: size },
    };
  });
}

/**
 * The default storage class: KWOK's volume stages bind claims of this name at once, to volumes that hold nothing.
 *
 * @see kustomize/stage/volume/fast of KWOK v0.8
 */
export const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'kwok-volume', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kwok.x-k8s.io/volume',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

/** Makes the cluster's simulated nodes those of the values: adds, resizes and removes. */
export async function reconcileNodes(
  kubectl: Kubectl,
  environment: string,
  cluster: NodeValues,
): Promise<void> {
  const nodes = nodeObjects(environment, cluster) as { metadata: { name: string } }[];
  await applyObjects(kubectl, [...nodes, storageClass]);
  if (nodes.length > 0) await applyObjects(kubectl, nodes, '--subresource=status'); // the first call sets it only on creation
  const there = await kubectl(['get', 'nodes', `--selector=${simulated}`, '--output=name']);
  const wanted = new Set(nodes.map(({ metadata }) => `node/${metadata.name}`));
  const surplus = there.split('\n').filter((name) => name !== '' && !wanted.has(name));
  if (surplus.length > 0) await kubectl(['delete', '--wait=false', ...surplus]);
}
