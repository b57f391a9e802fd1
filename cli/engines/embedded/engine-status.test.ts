import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isFrozen } from '../../ports/find-processes.ts';
import { nobody, type SupervisedDirectory, supervisedDirectory } from '../../testing/supervised-directory.ts';
import { type RunningProcess, ownProcess, startProcess } from '../../ports/processes.ts';
import { usablePorts, writeRecord } from './cluster-record.ts';
import { engineStatus } from './engine-status.ts';
import { writeSupervisor } from '../supervisor/status-file.ts';

let directory: SupervisedDirectory['directory'];
let part: SupervisedDirectory['part'];
let writeStatus: SupervisedDirectory['writeStatus'];
beforeEach(async () => {
  ({ directory, part, writeStatus } = await supervisedDirectory());
});

async function sleeper(name: string, env: Record<string, string> = {}): Promise<RunningProcess> {
  const where = {
    cwd: directory.run,
    log: join(directory.logs, `${name}.log`),
    env: { PATH: '/usr/bin:/bin', ...env },
  };
  return startProcess({ program: 'sleep', args: ['60'], ...where });
}

describe('engineStatus', () => {
  const record = async (): Promise<void> => {
    const common = {
      formatVersion: 1,
      engine: 'embedded',
      createdAt: nobody.since,
      versions: {},
      programs: {},
    } as const;
    await writeRecord(directory.record, { ...common, ports: await usablePorts() });
  };

  it('knows no cluster without its record', async () => {
    expect(await engineStatus(directory, ['etcd'])).toEqual({ state: 'absent', parts: [] });
  });

  it('calls a part running only while its process is', async () => {
    await record();
    const etcd = await sleeper('etcd');
    await writeStatus([part('etcd', etcd.id), part('kwok', { pid: 1, startTime: 'gone' })]);

    const status = await engineStatus(directory, []);

    expect(status.state).toBe('degraded');
    expect(status.parts.map(({ name, state, pid }) => [name, state, pid])).toEqual([
      ['supervisor', 'running', process.pid],
      ['etcd', 'running', etcd.id.pid],
      ['kwok', 'restarting', undefined],
    ]);
    process.kill(etcd.id.pid);
  });

  it('is stopped when nothing is alive, whether the supervisor stopped or all was killed', async () => {
    await record();
    await writeStatus([part('etcd', { state: 'stopped', ready: false })], {
      supervisor: nobody,
      state: 'stopped',
    });
    expect((await engineStatus(directory, [])).state).toBe('stopped');

    await writeStatus([part('etcd', { pid: 1, startTime: 'gone' })], { supervisor: nobody });
    const killed = await engineStatus(directory, []);
    expect([killed.state, ...killed.parts.map(({ state }) => state)]).toEqual([
      'stopped',
      'failed',
      'stopped',
    ]);
  });

  it('is degraded while a part outlives the killed supervisor', async () => {
    await record();
    const etcd = await sleeper('etcd');
    await writeStatus([part('etcd', etcd.id)], { supervisor: nobody });

    expect((await engineStatus(directory, [])).state).toBe('degraded');
    process.kill(etcd.id.pid);
  });

  it('is degraded while a part outlives the killed supervisor whose status file is damaged', async () => {
    await record();
    const etcd = await sleeper('etcd', { HOME: directory.root });
    await writeFile(directory.status, '{"formatVersion": 1, "superv');

    const status = await engineStatus(directory, ['etcd']);

    expect(status).toMatchObject({ state: 'degraded', parts: [{ name: 'supervisor', state: 'failed' }, {}] });
    process.kill(etcd.id.pid);
  });

  it('calls a part unresponsive that is frozen, or does not answer any more', async () => {
    await record();
    const [etcd, kwok] = [await sleeper('etcd'), await sleeper('kwok')];
    process.kill(etcd.id.pid, 'SIGSTOP');
    await expect.poll(async () => isFrozen(etcd.id.pid)).toBe(true);
    await writeStatus([part('etcd', etcd.id), part('kwok', { ...kwok.id, ready: false })]);

    const { state, parts } = await engineStatus(directory, []);

    expect([state, ...parts.map((one) => one.state)]).toEqual([
      'degraded',
      'running',
      'unresponsive',
      'unresponsive',
    ]);
    for (const { id } of [etcd, kwok]) process.kill(id.pid, 'SIGKILL');
  });

  it('sees the supervisor that runs behind a damaged status file', async () => {
    await record();
    await writeFile(directory.status, '{"formatVersion": 1, "superv');
    await writeSupervisor(directory.supervisorId, await ownProcess());

    const status = await engineStatus(directory, ['etcd']);

    expect(status.state).toBe('degraded');
    expect(status.parts.map(({ name, state, pid }) => [name, state, pid])).toEqual([
      ['supervisor', 'running', process.pid],
      ['etcd', 'stopped', undefined],
    ]);
  });

  it('can do without a readable record', async () => {
    await writeFile(directory.record, '{"formatVersion": 1');
    expect((await engineStatus(directory, ['etcd'])).state).toBe('stopped');

    await writeStatus([part('etcd', { pid: 1, startTime: 'gone' })]);
    expect((await engineStatus(directory, ['etcd'])).state).toBe('degraded');
  });

  it('refuses a record of a newer format', async () => {
    await writeFile(directory.record, '{"formatVersion": 2}');

    await expect(engineStatus(directory, [])).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
      message: `a newer version of this program wrote ${directory.record}`,
      hint: 'Update this clone: git pull',
    });
  });
});
