import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { externalSecretsChart, externalSecretsImage } from './external-secrets-parts.ts';
import { goProgram } from './go-program.ts';
import { chartRepository } from './helm-charts.ts';
import { kedaChart, kedaImages } from './keda-parts.ts';
import { docker } from './kind-machine.ts';
import { loadImages, packImage } from './packed-image.ts';

/** Where the charts are, seen from a pod: for `components.<name>.repository`. */
export const chartsUrl = 'http://charts.charts.svc';

/** What components consist of, in Docker. */
export interface ComponentImages {
  /** Serves the charts. */
  readonly charts: string;
  readonly controllers: readonly string[];
}

/** Builds the programs of the components, which takes minutes the first time, and packs them and their charts into images. */
export async function packComponents(): Promise<ComponentImages> {
  const controllers = [...(await kedaImages()), await externalSecretsImage()];
  const files = chartRepository([await externalSecretsChart(), await kedaChart()]);
  const digest = createHash('sha256');
  for (const [name, content] of files) digest.update(name).update(content);
  const charts = `platform.local/charts:${digest.digest('hex').slice(0, 12)}`;
  packImage(charts, 'file-server', await goProgram('file-server'), undefined, files);
  return { charts, controllers };
}

/** Speaks to a cluster of kind through its node, as soon as that is there: no kubeconfig is written yet. @returns What kubectl printed. */
export function onNode(cluster: string, args: readonly string[], input = ''): string {
  const inside = ['exec', '--interactive', `${cluster}-control-plane`, 'kubectl'];
  const config = '--kubeconfig=/etc/kubernetes/admin.conf';
  return execFileSync('docker', [...inside, config, ...args], { input, encoding: 'utf8', stdio: 'pipe' });
}

/** Identifies the node of a cluster of kind: one that is made anew has another. @returns undefined where there is none. */
export function nodeId(cluster: string): string | undefined {
  const filter = `--filter=name=^${cluster}-control-plane$`;
  return docker('ps', '--quiet', '--no-trunc', filter).trim() || undefined;
}

/**
 * Waits until a cluster of kind answers, while somebody else makes it.
 *
 * @param before {@link nodeId} of the one that it replaces.
 */
export async function clusterIsUp(cluster: string, before: string | undefined): Promise<void> {
  await vi.waitFor(
    () => {
      if (nodeId(cluster) === before) throw new Error('it is not made yet');
      onNode(cluster, ['get', 'serviceaccount', 'default']);
    },
    { timeout: 600_000, interval: 1_000 },
  );
}

/** Serves the charts at {@link chartsUrl}, and applies more objects with them. */
export async function serveCharts(
  cluster: string,
  { charts }: ComponentImages,
  more: object[],
): Promise<void> {
  await loadImages(cluster, [charts]);
  const [metadata, labels] = [{ name: 'charts', namespace: 'charts' }, { app: 'charts' }];
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'charts' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels },
      spec: { containers: [{ name: 'charts', image: charts, args: ['/files'] }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    ...more,
  ];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await vi.waitFor(() => onNode(cluster, ['apply', '--filename=-'], list), {
    timeout: 60_000,
    interval: 1_000,
  });
}
