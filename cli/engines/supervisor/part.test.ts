import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { keepRunning } from './part.ts';
import { type PartPlan, type PartStatus, type Probe, type SupervisorStatus, defaultTiming } from './plan.ts';
import { probe } from './probe.ts';
import { reportTo } from './report.ts';

// Parts whose readiness is answered by servers that the test turns off and on.
const timing = {
  ...defaultTiming,
  firstBackOff: 10,
  longestBackOff: 40,
  probeUntilReady: 10,
  probeWhenIdle: 10,
  probeWhenReady: 10,
  readyWithin: 150,
};
let servers: Server[];
let stop: () => Promise<void>;
beforeEach(() => {
  [servers, stop] = [[], async () => Promise.resolve()];
});
afterEach(async () => {
  await stop();
  for (const server of servers) server.close();
});

interface Answers {
  /** The status that the probe gets. */
  status: number;
  body: string;
  url: string;
}

async function answers(status: number): Promise<Answers> {
  const given = { status, body: '', url: '' };
  const server = createServer((_, response) => response.writeHead(given.status).end(given.body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  given.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  return given;
}

/** Keeps parts running, each after the one before, while they are wanted. @returns What is known of one. */
async function keep(
  plans: Readonly<Record<string, Answers>>,
  script: string,
  wanted?: Probe,
): Promise<(name: string) => PartStatus> {
  const directory = await temporaryTree({});
  const waiting = { state: 'waiting', ready: false, restarts: 0, log: '' } as const;
  const names = Object.keys(plans);
  const first: SupervisorStatus = {
    formatVersion: 1,
    supervisor: { pid: process.pid, startTime: '', since: '' },
    state: 'running',
    parts: names.map((name) => ({ name, ...waiting })),
  };
  const files = { status: join(directory, 'status.json'), events: join(directory, 'events.log') };
  const report = reportTo(files, first, () => systemClock.now());
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const deps = {
    clock: systemClock,
    report,
    timing,
    probe,
    directory,
    startedAt: 0,
    stopping: stopping.signal,
    stopped,
  };
  const kept = Object.entries(plans).map(([name, { url }], index) => {
    const plan: PartPlan = {
      name,
      program: '/bin/sh',
      args: ['-c', script],
      env: { PATH: '/usr/bin:/bin' },
      after: names.slice(0, index),
      when: [],
      wanted,
      ready: { url },
      log: join(directory, `${name}.log`),
    };
    return keepRunning(deps, plan, []);
  });
  stop = async () => {
    stopping.abort();
    for (const part of kept.reverse()) await part.stop();
  };
  return (name) => report.part(name);
}

it('starts a part again that was ready and does not answer any more', async () => {
  const etcd = await answers(200);
  const part = await keep({ etcd }, 'exec sleep 60');
  await expect.poll(() => part('etcd')).toMatchObject({ ready: true, restarts: 0 });

  etcd.status = 500;

  await expect.poll(() => part('etcd').restarts).toBeGreaterThanOrEqual(1); // it goes on as long as there is no answer
  expect(part('etcd').lastExit?.reason).toBe('signal SIGKILL');
});

it('leaves a part alone that does not answer because one before it does not', async () => {
  const [etcd, apiserver] = [await answers(200), await answers(200)];
  const part = await keep({ etcd, apiserver }, 'exec sleep 60');
  await expect.poll(() => [part('etcd').ready, part('apiserver').ready]).toEqual([true, true]);

  etcd.status = 500;
  await expect.poll(() => part('etcd').ready).toBe(false); // known, before anybody asks why the other is silent
  apiserver.status = 500;

  await expect.poll(() => part('apiserver').ready).toBe(false);
  const { restarts } = part('etcd');
  await expect.poll(() => part('etcd').restarts).toBeGreaterThanOrEqual(restarts + 2);
  expect(part('apiserver').restarts).toBe(0);
});

it('counts starts in a row that failed, and forgets them when the part is ready', async () => {
  const kwok = await answers(500);
  const part = await keep({ kwok }, 'sleep 0.02');
  await expect.poll(() => part('kwok').failedStarts).toBeGreaterThanOrEqual(3);

  kwok.status = 200;

  await expect.poll(() => part('kwok').failedStarts).toBe(0);
});

it('does not start a part that nothing needs, and starts it when something does', async () => {
  const [helm, list] = [await answers(200), await answers(200)];
  list.body = '{"items": []}';
  const part = await keep({ helm }, 'exec sleep 60', { url: list.url, expect: 'items' });
  await expect.poll(() => part('helm').state).toBe('idle');

  list.body = '{"items": [{}]}';

  await expect.poll(() => part('helm')).toMatchObject({ state: 'running', ready: true });
});
