import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../../ports/clock.fake.ts';
import { systemClock } from '../../ports/clock.ts';
import { type RunningProcess, isRunning, startProcess } from '../../ports/processes.ts';
import { nobody, type SupervisedDirectory, supervisedDirectory } from '../../testing/supervised-directory.ts';
import { crashLoops, readStatus, stopSupervisor, waitForParts } from './client.ts';
import type { SupervisorStatus } from './plan.ts';
import { writeSupervisor } from './status-file.ts';

const quiet = (): void => undefined;

let directory: SupervisedDirectory['directory'];
let part: SupervisedDirectory['part'];
let writeStatus: SupervisedDirectory['writeStatus'];
beforeEach(async () => {
  ({ directory, part, writeStatus } = await supervisedDirectory());
});

/** @param home A part of the cluster has its folder. */
async function sleeper(name: string, home = directory.root): Promise<RunningProcess> {
  const where = {
    cwd: directory.run,
    log: join(directory.logs, `${name}.log`),
    env: { PATH: '/usr/bin:/bin', HOME: home },
  };
  return startProcess({ program: 'sleep', args: ['60'], ...where });
}

describe('waitForParts', () => {
  it('names the part that keeps ending, with the last lines of its log', async () => {
    await writeFile(join(directory.logs, 'etcd.log'), 'starting\nfatal: no space left on device\n');
    const lastExit = { reason: 'exit code 2', at: '2030-01-01T00:00:00Z' };
    await writeStatus([
      part('etcd', { state: 'restarting', ready: false, restarts: 4, failedStarts: 4, lastExit }),
    ]);

    await expect(waitForParts(steppingClock(), directory, ['etcd'], 60_000, quiet)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message:
        'etcd keeps ending (exit code 2); the end of its log:\nstarting\nfatal: no space left on device',
      hint: `Read ${join(directory.logs, 'etcd.log')}, or, if its data is damaged, take the cluster from git again: platform delete dev --confirm dev && platform bootstrap dev`,
      log: join(directory.logs, 'etcd.log'),
    });
  });

  it('names the part that others wait for when the deadline passes', async () => {
    const waiting = part('kwok', { state: 'waiting', ready: false });
    await writeStatus([part('etcd'), waiting, part('kube-apiserver', { state: 'starting', ready: false })]);
    const clock = steppingClock();
    const said: string[] = [];

    const names = ['etcd', 'kwok', 'kube-apiserver'];
    await expect(
      waitForParts(clock, directory, names, 60_000, (detail) => said.push(detail)),
    ).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'kube-apiserver was not ready within 60 s',
    });
    expect(clock.now()).toBe(60_000);
    expect(said[0]).toBe('1/3 ready, waiting for kube-apiserver');
  });

  it('fails when the supervisor ends meanwhile', async () => {
    await writeStatus([part('etcd', { ready: false })], { supervisor: nobody });
    await writeFile(directory.supervisorLog, 'Error: listen EADDRINUSE');

    await expect(waitForParts(steppingClock(), directory, ['etcd'], 60_000, quiet)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'the supervisor ended; the end of its log:\nError: listen EADDRINUSE',
    });
  });

  it('does not take a part for ready that the running cluster does not have', async () => {
    await writeStatus([part('etcd')]);

    await expect(waitForParts(steppingClock(), directory, ['kwok'], 60_000, quiet)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      hint: expect.stringMatching(/^platform stop (\S+) && platform start \1$/) as string,
    });
  });
});

describe('crashLoops', () => {
  it('is about a part that ended often in a row, however healthy it was before', async () => {
    await writeStatus([part('etcd'), part('kwok', { readyAfterMs: 900, restarts: 9, failedStarts: 3 })]);
    expect(crashLoops(await readStatus(directory))).toBe(false);

    await writeStatus([part('etcd'), part('kwok', { readyAfterMs: 900, restarts: 9, failedStarts: 4 })]);
    expect(crashLoops(await readStatus(directory))).toBe(true);
  });
});

describe('stopSupervisor', () => {
  it.each(['{}', undefined])(
    'ends what a killed supervisor left, also a frozen part and without any record (status file: %s)',
    async (text) => {
      const orphans = [await sleeper('etcd'), await sleeper('kwok')];
      if (text !== undefined) await writeFile(directory.status, text);
      process.kill(orphans[1]?.id.pid ?? 0, 'SIGSTOP');

      await stopSupervisor(systemClock, directory, quiet);

      for (const { exited } of orphans) expect(await exited).toBe('signal SIGTERM');
    },
  );

  it('does not wait long for one that ends only after an older one, as the API server does after its clients', async () => {
    const client = await sleeper('client');
    const server = await startProcess({
      program: 'sh',
      args: ['-c', `trap : TERM; while kill -0 ${String(client.id.pid)}; do sleep 0.05; done; exit 7`],
      env: { PATH: '/usr/bin:/bin', HOME: directory.root },
      cwd: directory.run,
      log: join(directory.logs, 'server.log'),
    });
    const started = performance.now();

    await stopSupervisor(systemClock, directory, quiet);

    expect(performance.now() - started).toBeLessThan(10_000);
    expect([await client.exited, await server.exited]).toEqual(['signal SIGTERM', 'exit code 7']);
  });

  it('signals no process of others whose pid was recorded', async () => {
    const stranger = await sleeper('stranger', '/home/ada');
    const { pid } = stranger.id;
    await writeStatus([part('kwok', { pid, startTime: 'before the reboot' })], {
      supervisor: { pid, startTime: 'before the reboot', since: nobody.since },
    });

    await stopSupervisor(systemClock, directory, quiet);

    expect(await isRunning(stranger.id)).toBe(true);
    process.kill(pid);
  });

  it('leaves a stopped status, also when the supervisor was dead already', async () => {
    await writeStatus([part('etcd', { pid: 1, startTime: 'gone' })], { supervisor: nobody });

    await stopSupervisor(steppingClock(), directory, quiet);

    const left = JSON.parse(await readFile(directory.status, 'utf8')) as SupervisorStatus;
    expect(left).toMatchObject({ state: 'stopped', supervisor: nobody });
    expect(left.parts).toEqual([part('etcd', { state: 'stopped', ready: false })]);
  });

  it.each(['{"formatVersion": 1, "superv', 'null', '{}'])(
    'ends the supervisor whose status file is damaged: %s',
    async (text) => {
      const supervisor = await sleeper('supervisor');
      await writeFile(directory.status, text);
      await writeSupervisor(directory.supervisorId, supervisor.id);

      await stopSupervisor(systemClock, directory, quiet);

      expect(await supervisor.exited).toBe('signal SIGTERM');
      await expect(readFile(directory.status)).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  it('has nothing to do where no supervisor ever ran', async () => {
    await expect(stopSupervisor(steppingClock(), directory, quiet)).resolves.toBeUndefined();
  });
});
