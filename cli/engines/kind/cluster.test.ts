import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../errors/platform-error.ts';
import { steppingClock } from '../../ports/clock.fake.ts';
import type { Run } from '../../ports/run.ts';
import { repositoryRoot } from '../../testing/repository-root.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import type { Environment } from '../../values/environment.ts';
import { stateDirectory, type StateDirectory } from '../state-directory.ts';
import { ensureNodes } from './cluster.ts';
import { dockerWith } from './docker.ts';
import { findKindRecord, writeKindRecord, type KindRecord } from './kind-record.ts';

const [control, worker] = ['acme-dev-control-plane', 'acme-dev-worker'];
const creating: KindRecord = {
  formatVersion: 1,
  engine: 'kind',
  createdAt: '2026-01-01T00:00:00.000Z',
  name: 'acme-dev',
  nodeImage: 'kindest/node:v1.36.1',
};
const record: KindRecord = { ...creating, nodes: { [control]: 'id-1' } };
const quiet = (): void => undefined;
let directory: StateDirectory;
let containers: Map<string, string>;
let calls: string[];
let refusal: string | undefined;
/** What a creation that fails leaves: `none` for no container, `silent` when Docker no longer says. */
let left: 'none' | 'container' | 'silent';

beforeEach(async () => {
  directory = stateDirectory({ state: await temporaryTree({}) }, { client: 'acme', environment: 'dev' });
  containers = new Map();
  calls = [];
  refusal = undefined;
  left = 'none';
});

/** Docker and kind; containers are `id state` by name. */
const run: Run = async ({ tool, args }) => {
  const answer = (stdout = ''): Awaited<ReturnType<Run>> => ({ stdout, stderr: '', exitCode: 0 });
  if (tool === 'docker' && args[0] === 'ps') {
    if (left === 'silent' && calls.includes('kind create cluster')) {
      throw new PlatformError('TOOL_FAILED', 'Cannot connect to the Docker daemon', '');
    }
    const rows = [...containers].map(([name, at]) => {
      const role = name === control ? 'control-plane' : 'worker';
      return [name, ...at.split(' '), role].join('\t');
    });
    return answer(rows.join('\n'));
  }
  calls.push([tool, ...args.slice(0, 2)].join(' '));
  if (tool === 'kind' && args[0] === 'create') {
    if (left === 'container') containers.set(control, 'id-8 running');
    if (refusal !== undefined) throw new PlatformError('TOOL_FAILED', refusal, '');
    containers.set(control, 'id-9 running');
  }
  return answer();
};

async function ensure(
  values: Partial<Environment['values']['cluster']> = {},
): ReturnType<typeof ensureNodes> {
  const cluster = { nodes: 1, ports: [], registryMirrors: {}, kubeadmPatches: [], ...values };
  const environment = { name: 'dev', values: { cluster } } as unknown as Environment;
  const which = { name: 'acme-dev', environment: 'dev', directory, docker: dockerWith(run) };
  return ensureNodes({ root: repositoryRoot, run, clock: steppingClock(5_000) }, which, environment, quiet);
}

describe('a cluster that is not there yet', () => {
  it('is created, and known by its containers from then on', async () => {
    expect(await ensure()).toMatchObject({ record: { name: 'acme-dev', nodes: { [control]: 'id-9' } } });

    expect(calls).toEqual(['kind delete cluster', 'kind create cluster']);
    expect(await findKindRecord(directory.record)).toMatchObject({ nodes: { [control]: 'id-9' } });
  });

  it('begins anew where its creation was killed', async () => {
    await writeKindRecord(directory.record, creating);
    containers.set(control, 'id-5 running');

    expect(await ensure()).toMatchObject({ record: { nodes: { [control]: 'id-9' } } });
    expect(calls[0]).toBe('kind delete cluster');
  });

  it('is not put over one of the same name that was made from elsewhere', async () => {
    containers.set(control, 'id-5 running');

    await expect(ensure()).rejects.toMatchObject({
      code: 'CLUSTER_FOREIGN',
      hint: 'If nobody needs it: kind delete cluster --name acme-dev. Or name another client in platform.yaml',
    });
    expect(calls).toEqual([]);
  });

  it('pulls by the mirrors of its values', async () => {
    await ensure({
      registryMirrors: { 'docker.io': 'https://mirror.test', 'ghcr.io': 'http://10.0.0.1:5000' },
    });

    const hosts = async (name: string): Promise<string> =>
      readFile(join(directory.root, 'registries', name, 'hosts.toml'), 'utf8');
    expect(await hosts('docker.io')).toBe(
      'server = "https://registry-1.docker.io"\n\n[host."https://mirror.test"]\n  capabilities = ["pull", "resolve"]\n',
    );
    expect(await hosts('ghcr.io')).toContain('server = "https://ghcr.io"\n\n[host."http://10.0.0.1:5000"]');
  });

  it.each([
    [
      'Bind for 127.0.0.1:8080 failed: port is already allocated',
      'Change cluster.ports in clusters/dev/values.yaml',
    ],
    [
      'failed to pull image "kindest/node:v9": manifest unknown',
      'as cluster.nodeImage in clusters/dev/values.yaml',
    ],
    ['failed to pull image "kindest/node:v9": no such host', 'platform bootstrap dev --engine embedded'],
    ['could not find a log line', 'platform doctor --engine kind'],
  ])('that kind cannot create (%s) is told with what helps', async (said, hint) => {
    refusal = said;

    await expect(ensure()).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: `kind could not create the cluster acme-dev: ${said}`,
      hint: expect.stringContaining(hint) as string,
    });
  });
});

describe('a creation that fails', () => {
  beforeEach(() => {
    refusal = 'failed to pull image "kindest/node:v9": no such host';
  });

  it('pins no engine when it left no container', async () => {
    await expect(ensure()).rejects.toMatchObject({ code: 'ENGINE_FAILED' });

    expect(await findKindRecord(directory.record)).toBeUndefined();
  });

  it('pins none either after one that was killed', async () => {
    await writeKindRecord(directory.record, creating);

    await expect(ensure()).rejects.toMatchObject({ code: 'ENGINE_FAILED' });

    expect(await findKindRecord(directory.record)).toBeUndefined();
  });

  it.each(['container', 'silent'] as const)(
    'is remembered when it left something to delete (%s)',
    async (what) => {
      left = what;

      await expect(ensure()).rejects.toMatchObject({ code: 'ENGINE_FAILED' });

      const kept = await findKindRecord(directory.record);
      expect(kept).toMatchObject({ name: 'acme-dev' });
      expect(kept).not.toHaveProperty('nodes');
    },
  );

  it('leaves the record of the cluster that it was to replace', async () => {
    await writeKindRecord(directory.record, { ...record, git: 'remote' });

    await expect(ensure()).rejects.toMatchObject({ code: 'ENGINE_FAILED' });

    expect(await findKindRecord(directory.record)).toEqual({ ...record, git: 'remote' });
  });
});

describe('a cluster that is there', () => {
  it('is left as it is while it runs', async () => {
    await writeKindRecord(directory.record, record);
    containers.set(control, 'id-1 running');

    expect(await ensure()).toEqual({ record });
    expect(calls).toEqual([]);
  });

  it('goes on after a reboot, and what it says of before does not count', async () => {
    await writeKindRecord(directory.record, record);
    containers.set(control, 'id-1 exited');

    expect(await ensure()).toEqual({ record, wokenAt: 5_000 });
    expect(calls).toEqual([`docker start ${control}`]);
  });

  it('that was paused goes on as if nothing had been', async () => {
    await writeKindRecord(directory.record, record);
    containers.set(control, 'id-1 paused');

    expect(await ensure()).toEqual({ record });
    expect(calls).toEqual([`docker unpause ${control}`]);
  });

  it('is created again when all its containers are gone', async () => {
    await writeKindRecord(directory.record, record);

    expect(await ensure()).toMatchObject({ record: { nodes: { [control]: 'id-9' } } });
  });

  it('cannot go on without one of its nodes', async () => {
    await writeKindRecord(directory.record, { ...record, nodes: { [control]: 'id-1', [worker]: 'id-2' } });
    containers.set(control, 'id-1 running');

    await expect(ensure()).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: `the container ${worker} of the cluster is gone`,
      hint: 'platform nuke-and-rebuild dev',
    });
  });

  it('is not ours when a container under its name is another', async () => {
    await writeKindRecord(directory.record, record);
    containers.set(control, 'id-7 running');

    await expect(ensure()).rejects.toMatchObject({ code: 'CLUSTER_FOREIGN' });
  });
});
