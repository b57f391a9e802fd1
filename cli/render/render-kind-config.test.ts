import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../testing/repository-root.ts';
import type { Environment } from '../values/environment.ts';
import { renderKindConfig } from './render-kind-config.ts';

const config = { name: 'acme-dev', image: 'kindest/node:v1.36.1', registries: '/state/registries' };

async function rendered(values: Partial<Environment['values']['cluster']>): Promise<unknown> {
  const cluster = { nodes: 1, ports: [], registryMirrors: {}, kubeadmPatches: [], ...values };
  const environment = { name: 'dev', values: { cluster } } as unknown as Environment;
  return parse(await renderKindConfig(repositoryRoot, environment, config)) as unknown;
}

it('is one node that does everything, reached from this machine alone', async () => {
  expect(await rendered({})).toEqual({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: 'acme-dev',
    networking: { apiServerAddress: '127.0.0.1' },
    nodes: [{ role: 'control-plane', image: config.image }],
  });
});

it('keeps the control plane beside two nodes for pods, and maps ports there', async () => {
  const mapping = { containerPort: 30_080, hostPort: 8080, listenAddress: '127.0.0.1', protocol: 'TCP' };

  expect(await rendered({ nodes: 2, ports: [{ node: 30_080, host: 8080 }] })).toMatchObject({
    nodes: [
      { role: 'control-plane', extraPortMappings: [mapping] },
      { role: 'worker', image: config.image },
      { role: 'worker', image: config.image },
    ],
  });
});

it('gives every node the mirrors, and passes patches of kubeadm on as they are', async () => {
  const patch = 'kind: InitConfiguration\nnodeRegistration: { name: "a" }\n';
  const mount = { hostPath: '/state/registries', containerPath: '/etc/containerd/certs.d', readOnly: true };

  expect(
    await rendered({ nodes: 2, registryMirrors: { 'docker.io': 'https://m.test' }, kubeadmPatches: [patch] }),
  ).toMatchObject({
    kubeadmConfigPatches: [patch],
    containerdConfigPatches: [expect.stringContaining('config_path = "/etc/containerd/certs.d"') as string],
    nodes: [{ extraMounts: [mount] }, { extraMounts: [mount] }, { extraMounts: [mount] }],
  });
});
