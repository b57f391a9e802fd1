import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { docker, newKindMachine } from '../../testing/kind-machine.ts';
import { passOn } from '../../testing/pass-on.ts';

// One cluster, to which everything happens that happens to people.
const node = 'kindfaults-dev-control-plane';
let machine: Machine;
const state = (file: string): string => join(machine.home, '.local/state/platform/kindfaults/dev', file);

beforeAll(async () => {
  machine = await newKindMachine('kindfaults');
  await withoutBackfill(machine);
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

async function expectWell(): Promise<void> {
  const { exitCode, stderr } = await machine.platform('bootstrap', 'dev');
  expect(exitCode, stderr).toBe(0);
  expect((await machine.json('status', 'dev')).document.data).toMatchObject({ state: 'running' });
}

describe('bootstrap', () => {
  it('leaves a kind cluster of the same name alone that it did not make', async () => {
    const image = docker('images', '--format={{.Repository}}:{{.Tag}}').split('\n')[0] ?? '';
    const label = '--label=io.x-k8s.kind.cluster=kindfaults-dev';
    docker('create', '--name', node, label, '--label=io.x-k8s.kind.role=control-plane', image, '/none');
    try {
      expect(await machine.json('bootstrap', 'dev')).toMatchObject({
        exitCode: 2,
        document: {
          error: { code: 'CLUSTER_FOREIGN', hint: expect.stringContaining('kind delete cluster') as string },
        },
      });
      expect(docker('ps', '--all', '--format={{.Names}}', `--filter=name=${node}`).trim()).toBe(node);
    } finally {
      docker('rm', node);
    }
  });

  it('says that Docker was stopped in the middle, and finishes when it is back', async () => {
    const path = join(machine.folder, 'docker.sock');
    const before = machine.env['DOCKER_HOST'];
    machine.env['DOCKER_HOST'] = `unix://${path}`;
    const socket = await passOn({ path }, { path: '/var/run/docker.sock' });
    const running = machine.start('bootstrap', 'dev');
    await running.says('start the cluster (kind)');
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // the node is being made
    await socket.close();
    const { exitCode, stderr } = await running.ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('ENGINE_FAILED') as string,
    });
    rmSync(path, { force: true });

    if (before === undefined) delete machine.env['DOCKER_HOST'];
    else machine.env['DOCKER_HOST'] = before;
    await expectWell();
  });

  it('is done once by two at the same time', async () => {
    const both = await Promise.all([
      machine.platform('bootstrap', 'dev'),
      machine.platform('bootstrap', 'dev'),
    ]);

    for (const { exitCode, stderr } of both) {
      if (exitCode !== 0)
        expect({ exitCode, stderr }).toMatchObject({
          exitCode: 2,
          stderr: expect.stringContaining('CLUSTER_BUSY') as string,
        });
    }
    expect(both.map(({ exitCode }) => exitCode)).toContain(0);
    expect(docker('ps', '--all', '--quiet', `--filter=name=${node}`).trim().split('\n')).toHaveLength(1);
  });
});

describe('a running cluster', () => {
  it('whose node was killed is stopped, and start brings it back', async () => {
    docker('kill', node);
    expect((await machine.json('status', 'dev')).document.data).toMatchObject({ state: 'stopped' });

    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);
    await expectWell();
  });

  it('whose node is paused is not waited for', async () => {
    docker('pause', node);
    const { document } = await machine.json('status', 'dev');
    expect(document.data).toMatchObject({
      state: 'degraded',
      parts: [{ name: node, state: 'unresponsive' }, {}],
    });

    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);
    await expectWell();
  });

  it('whose git server was killed is degraded, and start brings it back at the same address', async () => {
    const url = await machine.kubectl(
      'get',
      'gitrepository',
      '--namespace=flux-system',
      'platform',
      '--output=jsonpath={.spec.url}',
    );
    const { supervisor } = JSON.parse(readFileSync(state('run/status.json'), 'utf8')) as {
      supervisor: { pid: number };
    };
    process.kill(supervisor.pid, 'SIGKILL');
    expect((await machine.json('status', 'dev')).document.data).toMatchObject({
      state: 'degraded',
      parts: [
        { name: node, state: 'running' },
        { name: 'git server', state: 'failed' },
      ],
    });

    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);
    expect(
      await machine.kubectl(
        'get',
        'gitrepository',
        '--namespace=flux-system',
        'platform',
        '--output=jsonpath={.spec.url}',
      ),
    ).toBe(url);
    await expectWell();
  });

  it('whose context was deleted by hand gets it back', async () => {
    rmSync(join(machine.home, '.kube/config'));
    expect((await machine.platform('start', 'dev')).exitCode).toBe(0);

    expect(await machine.kubectl('config', 'get-contexts', '--output=name')).toBe('kindfaults-dev\n');
  });

  it('names the image that cannot be pulled', async () => {
    await machine.edit(
      'clusters/dev/values.yaml',
      '  trades:\n',
      '  trades:\n    image: { repository: registry.invalid/trades, tag: 9.9.9 }\n',
    );
    const { exitCode, document } = await machine.json(
      'deploy',
      'dev',
      '--message',
      'No such image',
      '--timeout',
      '20s',
    );

    expect({ exitCode, code: document.error?.code }).toEqual({ exitCode: 5, code: 'RECONCILE_TIMEOUT' });
    expect(JSON.stringify(document.error)).toContain('registry.invalid/trades:9.9.9');
    machine.git('revert', '--no-edit', 'HEAD');
    expect((await machine.platform('deploy', 'dev', '--yes')).exitCode).toBe(0);
  });

  it('whose containers were all removed is created again', async () => {
    docker('rm', '--force', '--volumes', node);

    await expectWell();
  });
});
