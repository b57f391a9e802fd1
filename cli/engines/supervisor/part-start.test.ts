import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { type KeptPart, keepRunning } from './part.ts';
import { type PartStatus, type SupervisorStatus, defaultTiming } from './plan.ts';
import { probe } from './probe.ts';
import { reportTo } from './report.ts';

// A part whose log lies in a folder that is not there, so that its start fails before there is a process.
async function keep(): Promise<{
  directory: string;
  part: KeptPart;
  status: () => PartStatus;
  stop: () => Promise<void>;
}> {
  const directory = await temporaryTree({});
  const log = join(directory, 'logs/etcd.log');
  const first: SupervisorStatus = {
    formatVersion: 1,
    supervisor: { pid: process.pid, startTime: '', since: '' },
    state: 'running',
    parts: [{ name: 'etcd', state: 'waiting', ready: false, restarts: 0, log }],
  };
  const files = { status: join(directory, 'status.json'), events: join(directory, 'events.log') };
  const report = reportTo(files, first, () => systemClock.now());
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const part = keepRunning(
    {
      clock: systemClock,
      report,
      timing: { ...defaultTiming, firstBackOff: 10, longestBackOff: 40 },
      probe,
      directory,
      startedAt: 0,
      stopping: stopping.signal,
      stopped,
    },
    {
      name: 'etcd',
      program: '/bin/sleep',
      args: ['60'],
      env: {},
      after: [],
      when: [],
      log,
    },
    [],
  );
  const stop = async (): Promise<void> => {
    stopping.abort();
    await part.stop();
  };
  return { directory, part, status: () => report.part('etcd'), stop };
}

it('tries again with a growing pause when a start fails, until one does not', async () => {
  const { directory, part, status, stop } = await keep();
  const events = async (): Promise<string> => readFile(join(directory, 'events.log'), 'utf8').catch(() => '');
  await expect
    .poll(events)
    .toMatch(/\(could not be started: ENOENT.*\); starts again in 10 ms\n.*; starts again in 20 ms\n/);
  expect(status().failedStarts).toBeGreaterThanOrEqual(2);
  expect(status().lastExit?.reason).toMatch(/could not be started: ENOENT/);

  await mkdir(join(directory, 'logs'));

  await part.ready;
  expect(status()).toMatchObject({ state: 'running', ready: true, failedStarts: 0 });
  await stop();
});

it('stops a part that could not be started', async () => {
  const { status, stop } = await keep();
  await expect.poll(() => status().lastExit).toBeDefined();

  await stop();

  expect(status()).toMatchObject({ state: 'stopped', ready: false });
});
