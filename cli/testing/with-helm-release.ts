import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './e2e-machine.ts';

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: greeting
  namespace: ml
spec:
  interval: 10m
  install: { remediation: { retries: 3 } } # on a busy machine the API may not answer the first try in time
  chart:
    spec:
      chart: ./charts/greeting
      sourceRef: { kind: GitRepository, name: platform, namespace: flux-system }
  values:
    greeting: good morning
`;

/** Commits a chart, and a HelmRelease of it beside trades: without one, nothing needs helm-controller. */
export async function withHelmRelease(machine: Machine): Promise<void> {
  const chart = join(import.meta.dirname, '../e2e/fixtures/chart');
  cpSync(chart, join(machine.clone, 'charts/greeting'), { recursive: true });
  await machine.write('apps/trades/base/release.yaml', release);
  const first = '- deployment.yaml';
  await machine.edit('apps/trades/base/kustomization.yaml', first, `${first}\n  - release.yaml`);
  machine.git('add', '--all');
  machine.git('commit', '--message', 'Greet');
}
