import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Document, Machine } from '../../testing/e2e-machine.ts';
import { docker, newKindMachine } from '../../testing/kind-machine.ts';
import { askApp } from '../../testing/open-app.ts';

// The README's tour where Docker answers: real nodes, real pods, and what they say.
const node = 'kindtour-dev-control-plane';
let machine: Machine;
let first: { exitCode: number | null; document: Document; stderr: string };

beforeAll(async () => {
  machine = await newKindMachine('kindtour');
  first = await machine.json('bootstrap', 'dev');
});
afterAll(async () => {
  const left = await machine.dispose();
  expect({ left, nodes: docker('ps', '--all', '--quiet', `--filter=name=${node}`) }).toEqual({
    left: [],
    nodes: '',
  });
});

describe('bootstrap where Docker answers', () => {
  it('chooses kind by itself, and ends with everything Ready', () => {
    expect(first).toMatchObject({
      exitCode: 0,
      document: {
        kind: 'BootstrapResult',
        ok: true,
        data: { engine: 'kind', context: 'kindtour-dev', standIns: [] },
      },
    });
    console.log(`bootstrap on kind: ${JSON.stringify(first.document.data?.['phases'])}`);
  });

  it('is idempotent', async () => {
    const again = await machine.json('bootstrap', 'dev');

    expect(again).toMatchObject({ exitCode: 0, document: { data: { changed: false } } });
  });

  it('gives pods that really run', async () => {
    const pods = await machine.kubectl('get', 'pods', '--namespace=ml', '--output=json');
    const items = (
      JSON.parse(pods) as {
        items: { status: { phase: string; containerStatuses: { containerID: string }[] } }[];
      }
    ).items;

    expect(items.map(({ status }) => status.phase).sort()).toEqual([
      'Running',
      'Running',
      'Succeeded',
      'Succeeded',
      'Succeeded',
    ]);
    for (const { status } of items)
      expect(status.containerStatuses[0]?.containerID).toMatch(/^containerd:\/\//);
  });

  it('lets the git server be reached from the nodes, and from nowhere else', async () => {
    const record = JSON.parse(
      readFileSync(join(machine.home, '.local/state/platform/kindtour/dev/cluster.json'), 'utf8'),
    ) as { git: { listen: string; port: number } };
    expect(record.git.listen).not.toBe('0.0.0.0');
    const url = `http://${record.git.listen}:${String(record.git.port)}/repository.git/info/refs?service=git-upload-pack`;
    expect((await fetch(url)).status).toBe(401);
  });
});

describe('a push', () => {
  it('brings a new pod with the new value, which its log shows', async () => {
    const before = await machine.platform('logs', 'trades');
    expect(before.stdout).toContain('debug');

    await machine.edit(
      'clusters/dev/values.yaml',
      'productIds: [BTC/USD, ETH/USD, SOL/USD]',
      'productIds: [DOGE/USD]',
    );
    expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
    machine.git('commit', '--all', '--message', 'Another pair');
    machine.git('push', 'dev');
    expect((await machine.platform('bootstrap', 'dev')).exitCode).toBe(0); // waits until it is applied

    // Without Reloader a changed ConfigMap restarts nothing by itself.
    await machine.kubectl('rollout', 'restart', '--namespace=ml', 'deployment/trades');
    await machine.kubectl('rollout', 'status', '--namespace=ml', 'deployment/trades', '--timeout=60s');
    await vi.waitFor(
      async () => expect((await machine.platform('logs', 'trades')).stdout).toContain('DOGE/USD'),
      {
        timeout: 30_000,
        interval: 1_000,
      },
    );
  });

  it('leaves prediction-api answering, body and all', async () => {
    const latest = await askApp(machine, '/predictions', 'prediction-api');

    expect(JSON.stringify(latest)).toMatch(/[A-Z]{3}\/USD/);
    expect(await askApp(machine, '/health', 'prediction-api')).toBeTruthy();
  });
});

describe('platform upgrade flux', () => {
  it('has nothing to do where the pinned Flux runs', async () => {
    const { exitCode, document } = await machine.json('upgrade', 'flux', 'dev');

    expect({ exitCode, data: document.data }).toMatchObject({
      exitCode: 0,
      data: { environment: 'dev', moves: [], same: true, changed: false },
    });
  });

  it('moves a controller of another version to the pinned one', async () => {
    const image = ['get', 'deployment/kustomize-controller', '--namespace=flux-system'].concat(
      '--output=jsonpath={.spec.template.spec.containers[0].image}',
    );
    const pinned = await machine.kubectl(...image);
    const older = pinned.replace(/:v[\d.]+/, ':v1.9.0');
    await machine.kubectl(
      ...['set', 'image', '--namespace=flux-system', 'deployment/kustomize-controller', `manager=${older}`],
    );

    const { exitCode, document } = await machine.json('upgrade', 'flux', 'dev');

    expect({ exitCode, data: document.data }).toMatchObject({
      exitCode: 0,
      data: { moves: [{ name: 'kustomize-controller', running: older }], same: true, changed: true },
    });
    expect(await machine.kubectl(...image)).toBe(pinned);
  });
});

describe('after a reboot', () => {
  it('start brings nodes, git server and pods back', async () => {
    docker('kill', node);
    const supervisor = JSON.parse(
      readFileSync(join(machine.home, '.local/state/platform/kindtour/dev/run/status.json'), 'utf8'),
    ) as { supervisor: { pid: number } };
    process.kill(supervisor.supervisor.pid, 'SIGKILL');
    expect((await machine.json('status', 'dev')).document.data).toMatchObject({ state: 'stopped' });

    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);
    expect((await machine.platform('bootstrap', 'dev')).exitCode).toBe(0);
    expect((await machine.json('status', 'dev')).document.data).toMatchObject({ state: 'running' });
  });
});

describe('nuke-and-rebuild', () => {
  it('brings back what was there', async () => {
    const { exitCode, document } = await machine.json('nuke-and-rebuild', 'dev', '--confirm', 'dev');

    expect(exitCode).toBe(0);
    expect(document.data).toMatchObject({ missing: [], added: [], changed: [], equal: true });
  });
});
