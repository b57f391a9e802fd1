import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Machine } from './e2e-machine.ts';
import { loadPackedImage, moduleFolder } from './packed-image.ts';

const module = 'sigs.k8s.io/metrics-server';

/**
 * Installs the real metrics-server into a cluster of kind, from its own manifests, and waits until it knows the use of the pods
 * of a namespace. Kubelets of kind sign their certificates themselves.
 */
export async function installMetricsServer(
  machine: Machine,
  cluster: string,
  namespace: string,
): Promise<void> {
  const image = await loadPackedImage(cluster, {
    name: 'metrics-server',
    module,
    package: `${module}/cmd/metrics-server`,
  });
  const folder = await mkdtemp(join(tmpdir(), 'metrics-server-'));
  try {
    await cp(join(await moduleFolder(module), 'manifests/base'), join(folder, 'base'), { recursive: true });
    const argument = {
      op: 'add',
      path: '/spec/template/spec/containers/0/args/-',
      value: '--kubelet-insecure-tls',
    };
    const ours = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image };
    const kustomization = {
      resources: ['base'],
      patches: [{ target: { kind: 'Deployment' }, patch: JSON.stringify([argument, ours]) }],
    };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    await machine.kubectl('apply', '--kustomize', folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  await vi.waitFor(
    async () => {
      const { items } = JSON.parse(await machine.kubectl('get', '--raw', path)) as { items: unknown[] };
      if (items.length === 0) throw new Error('nothing was measured yet');
    },
    { timeout: 180_000, interval: 2_000 },
  );
}
