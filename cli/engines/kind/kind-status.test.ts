import { beforeEach, expect, it } from 'vitest';
import { PlatformError } from '../../errors/platform-error.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { stateDirectory } from '../state-directory.ts';
import type { KindCluster } from './cluster.ts';
import { dockerWith } from './docker.ts';
import { writeKindRecord, type KindRecord } from './kind-record.ts';
import { kindStatus } from './kind-status.ts';

const control = 'acme-dev-control-plane';
const record: KindRecord = {
  formatVersion: 1,
  engine: 'kind',
  createdAt: '2026-01-01T00:00:00.000Z',
  name: 'acme-dev',
  nodeImage: 'kindest/node:v1.36.1',
  nodes: { [control]: 'id-1', 'acme-dev-worker': 'id-2' },
  git: 'remote',
};
let cluster: Omit<KindCluster, 'docker'>;
beforeEach(async () => {
  const directory = stateDirectory(
    { state: await temporaryTree({}) },
    { client: 'acme', environment: 'dev' },
  );
  cluster = { name: 'acme-dev', environment: 'dev', directory };
});

/** @param rows Name and state of each container; undefined where no daemon answers. */
async function status(rows?: readonly (readonly [string, string])[]): ReturnType<typeof kindStatus> {
  const docker = dockerWith(async () => {
    if (!rows) throw new PlatformError('TOOL_FAILED', 'Cannot connect to the Docker daemon', '');
    const printed = rows.map(([name, state]) => `${name}\tid\t${state}\t${name === control ? 'a' : 'b'}`);
    return { stdout: printed.join('\n'), stderr: '', exitCode: 0 };
  });
  return kindStatus(docker, { ...cluster, docker });
}

it('is absent without a record, whatever Docker has', async () => {
  expect(await status([[control, 'running']])).toEqual({ state: 'absent', parts: [] });
});

it('is of its nodes alone where Flux reads a remote', async () => {
  await writeKindRecord(cluster.directory.record, record);

  expect(
    await status([
      [control, 'running'],
      ['acme-dev-worker', 'running'],
    ]),
  ).toMatchObject({
    state: 'running',
    parts: [{ name: control }, { name: 'acme-dev-worker' }],
    silent: undefined,
  });
});

it('misses the git server where Flux reads the repository of this machine', async () => {
  await writeKindRecord(cluster.directory.record, { ...record, git: undefined });

  const { state, parts } = await status([
    [control, 'running'],
    ['acme-dev-worker', 'running'],
  ]);
  expect({ state, last: parts.at(-1) }).toMatchObject({
    state: 'degraded',
    last: { name: 'git server', state: 'stopped' },
  });
});

it('is degraded without a worker, and names it', async () => {
  await writeKindRecord(cluster.directory.record, record);

  expect(await status([[control, 'running']])).toMatchObject({
    state: 'degraded',
    parts: [{}, { name: 'acme-dev-worker', state: 'failed', log: 'docker logs acme-dev-worker' }],
    silent: undefined,
  });
});

it('is not asked for an API server that is paused', async () => {
  await writeKindRecord(cluster.directory.record, record);

  expect(
    await status([
      [control, 'paused'],
      ['acme-dev-worker', 'running'],
    ]),
  ).toMatchObject({
    state: 'degraded',
    silent: `the API server does not answer: the container ${control} is unresponsive`,
  });
});

it('is stopped where no daemon answers, and says so', async () => {
  await writeKindRecord(cluster.directory.record, record);

  expect(await status()).toEqual({ state: 'stopped', parts: [], silent: 'Docker does not answer' });
});
