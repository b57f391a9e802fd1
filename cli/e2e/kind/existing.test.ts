import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { borrowCluster, type BorrowedCluster } from '../../testing/borrowed-cluster.ts';
import {
  databaseSecret,
  existingMachine,
  useCluster,
  type ExistingMachine,
} from '../../testing/existing-machine.ts';
import { docker, nodeImage, provideFluxImages } from '../../testing/kind-machine.ts';
import { askApp } from '../../testing/open-app.ts';
import { passOn } from '../../testing/pass-on.ts';

// The tour on a cluster that somebody else made: three nodes in Docker, all images from a mirror of their registry, the
// repository on a git host. Everything lies at an address of this machine that its containers reach.
let hosted: ExistingMachine;
let cluster: BorrowedCluster;
let mirror: { close: () => Promise<void> };
const apps = ['trades', 'prediction-api'];
const made: string[] = [];
const kubeconfig = (): string => join(hosted.machine.home, '.kube/config');
const names = async (...args: string[]): Promise<string[]> =>
  (await cluster.kubectl(['get', ...args, '--output=name', '--ignore-not-found']))
    .split('\n')
    .filter(Boolean);

/** Pushes an image to where the mirror has it. */
function publish(image: string): void {
  const target = image.replace('ghcr.io', hosted.registry.host);
  docker('tag', image, target);
  made.push(target);
  docker('push', '--quiet', target);
}

beforeAll(async () => {
  const address = docker(
    'network',
    'inspect',
    'bridge',
    '--format={{(index .IPAM.Config 0).Gateway}}',
  ).trim();
  hosted = await existingMachine(address);
  const { machine, registry } = hosted;
  delete machine.env['DOCKER_HOST'];
  if (process.env['DOCKER_HOST'] !== undefined) machine.env['DOCKER_HOST'] = process.env['DOCKER_HOST'];
  const port = Number(registry.host.split(':')[1]);
  mirror = await passOn({ host: address, port }, { host: '127.0.0.1', port });
  const registryMirrors = { 'ghcr.io': `http://${address}:${String(port)}` };
  const borrowed = borrowCluster(join(machine.folder, 'elsewhere'), 'kindlent', {
    nodes: 2,
    nodeImage,
    registryMirrors,
  });
  for (const image of await provideFluxImages()) publish(image);
  for (const app of apps) {
    const { document } = await machine.json('image', 'build', app, '--env=stage', '--tag=0.1.0');
    publish(String(document.data?.['image']));
  }
  cluster = await borrowed;
  useCluster(machine, cluster);
  await cluster.kubectl(['create', 'namespace', 'team-b']);
  await cluster.kubectl(['create', 'configmap', 'of-team-b', '--namespace=team-b']);
});
afterAll(async () => {
  await cluster.remove();
  await mirror.close();
  for (const image of made) docker('rmi', image);
  expect(await hosted.dispose()).toEqual([]);
  expect(docker('ps', '--all', '--quiet', '--filter=name=kindlent')).toBe('');
});

describe('bootstrap', () => {
  it('says which Secret somebody has to bring, before Flux is there', async () => {
    const { exitCode, stderr } = await hosted.withInput(
      `${hosted.token}\n`,
      'bootstrap',
      'stage',
      '--git-token-stdin',
    );

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(
        /prediction-api needs Secret\/ml\/prediction-api-database, which is neither in git nor in the cluster/,
      ) as string,
    });
    expect(await names('deployments', '--namespace=flux-system')).toEqual([]);
    const secret = ['secret', 'generic', databaseSecret, '--namespace=ml'];
    await cluster.kubectl(['create', ...secret, '--from-literal=password=only-for-a-test']);
  });

  it('puts the platform into it, pulled from the mirror, and changes no kubeconfig', async () => {
    const before = readFileSync(kubeconfig(), 'utf8');
    const { exitCode, document, stderr } = await hosted.machine.json('bootstrap', 'stage');

    expect({ exitCode, data: document.data }, stderr).toMatchObject({
      exitCode: 0,
      data: { engine: 'existing' },
    });
    expect(readFileSync(kubeconfig(), 'utf8')).toBe(before);
    const pods = JSON.parse(await cluster.kubectl(['get', 'pods', '--namespace=ml', '--output=json'])) as {
      items: {
        spec: { nodeName: string };
        status: { phase: string; containerStatuses: { image: string }[] };
      }[];
    };
    expect(new Set(pods.items.map(({ status }) => status.phase))).toEqual(new Set(['Running']));
    expect(
      new Set(pods.items.flatMap(({ status }) => status.containerStatuses.map(({ image }) => image))),
    ).toEqual(new Set(apps.map((app) => `ghcr.io/example/${app}:0.1.0`)));
    expect(new Set(pods.items.map(({ spec }) => spec.nodeName))).toEqual(
      new Set(['kindlent-borrowed-worker', 'kindlent-borrowed-worker2']),
    );
    console.log(`bootstrap of an existing cluster: ${JSON.stringify(document.data?.['phases'])}`);
  });

  it('is idempotent, once Flux has applied itself and its controllers have restarted for that', async () => {
    await vi.waitFor(
      async () =>
        expect(await hosted.machine.json('bootstrap', 'stage')).toMatchObject({
          exitCode: 0,
          document: { data: { changed: false } },
        }),
      { timeout: 120_000, interval: 1_000 },
    );
  });
});

describe('a push', () => {
  it('brings a new pod with the new value, which its log shows', async () => {
    const { machine } = hosted;
    await machine.edit(
      'clusters/stage/values.yaml',
      'productIds: [BTC/USD, ETH/USD, SOL/USD]',
      'productIds: [DOGE/USD]',
    );
    expect((await machine.platform('render', 'stage')).exitCode).toBe(0);
    machine.git('commit', '--all', '--message', 'Another pair');
    await hosted.gitOverNetwork('push', '--quiet', 'origin', 'HEAD:main');
    expect((await machine.platform('bootstrap', 'stage')).exitCode).toBe(0); // waits until it is applied

    // Without Reloader a changed ConfigMap restarts nothing by itself.
    await cluster.kubectl(['rollout', 'restart', '--namespace=ml', 'deployment/trades']);
    await cluster.kubectl(['rollout', 'status', '--namespace=ml', 'deployment/trades', '--timeout=60s']);
    await vi.waitFor(
      async () => expect((await machine.platform('logs', 'stage', 'trades')).stdout).toContain('DOGE/USD'),
      { timeout: 30_000, interval: 1_000 },
    );
  });

  it('leaves prediction-api answering, body and all', async () => {
    const latest = await askApp(hosted.machine, '/predictions', 'stage', 'prediction-api');

    expect(JSON.stringify(latest)).toMatch(/[A-Z]{3}\/USD/);
  });
});

describe('nuke-and-rebuild', () => {
  it('brings back all that was there, and takes nothing of others', async () => {
    const { exitCode, document, stderr } = await hosted.machine.json(
      'nuke-and-rebuild',
      'stage',
      '--confirm=stage',
    );

    expect(exitCode, stderr + JSON.stringify(document)).toBe(0);
    expect(document.data).toMatchObject({ missing: [], added: [], changed: [], equal: true });
    expect(await names('configmap', 'of-team-b', '--namespace=team-b')).toHaveLength(1);
    expect(await names('secret', databaseSecret, '--namespace=ml')).toHaveLength(1);
  });
});

describe('delete', () => {
  it('takes out Flux and what it brought, and leaves the cluster with what others have', async () => {
    await cluster.kubectl(['delete', 'secret', databaseSecret, '--namespace=ml']);
    const { exitCode, document, stderr } = await hosted.machine.json('delete', 'stage', '--confirm=stage');

    expect(exitCode, stderr).toBe(0);
    expect(document.warnings).toEqual([]);
    expect(await names('crds')).toEqual([]);
    expect((await names('namespaces')).filter((name) => !/\/(kube-|local-path)/.test(name))).toEqual([
      'namespace/default',
      'namespace/team-b',
    ]);
    expect(await names('configmap', 'of-team-b', '--namespace=team-b')).toHaveLength(1);
    expect(await names('nodes')).toHaveLength(3);
    expect((await hosted.machine.json('status', 'stage')).document.data).toMatchObject({ state: 'absent' });
  });
});
