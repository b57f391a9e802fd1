import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { freePorts } from '../../ports/loopback.ts';
import { isRunning } from '../../ports/processes.ts';
import { type PartPlan, type PartStatus, type SupervisorStatus, defaultTiming } from './plan.ts';
import { supervise } from './supervise.ts';

const timing = {
  ...defaultTiming,
  firstBackOff: 20,
  longestBackOff: 80,
  probeUntilReady: 20,
  probeWhenReady: 20,
  pollBranchEvery: 20,
};

let folder: string;
let running: { stop: () => Promise<void> }[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervise-'));
  await mkdir(join(folder, 'run'));
  running = [];
});
afterEach(async () => {
  for (const { stop } of running) await stop();
});

/** A part that writes what happens to it to `story`; `script` is what its shell does after that. */
function part(name: string, script: string, more: Partial<PartPlan> = {}): PartPlan {
  const told = `echo "start ${name}" >> story; trap 'echo "stop ${name}" >> story; exit 0' TERM; ${script}`;
  return {
    name,
    program: '/bin/sh',
    args: ['-c', told],
    env: { PATH: '/usr/bin:/bin' },
    after: [],
    when: [],
    log: join(folder, `${name}.log`),
    ...more,
  };
}
const forever = 'while :; do sleep 0.02; done';

async function start(
  parts: readonly PartPlan[],
  { port, grace = timing.grace }: { port?: number | undefined; grace?: number } = {},
): Promise<{ stop: () => Promise<void>; done: Promise<void> }> {
  const git = {
    name: 'r',
    repository: join(folder, 'r.git'),
    branch: 'main',
    username: 'git',
    password: 'p',
    env: {},
  };
  const plan = {
    formatVersion: 1,
    parts,
    git: { ...git, port: port ?? (await freePorts(1))[0] },
    notify: { url: '' },
  };
  await writeFile(join(folder, 'run/supervisor.json'), JSON.stringify(plan));
  const stopping = new AbortController();
  const done = supervise({
    directory: join(folder, 'run'),
    timing: { ...timing, grace },
    clock: systemClock,
    stopping: stopping.signal,
  });
  const supervisor = {
    done,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
  done.then(
    () => undefined,
    () => undefined,
  );
  running.push({ stop: async () => supervisor.stop().catch(() => undefined) });
  return supervisor;
}

async function readPart(name: string): Promise<PartStatus | undefined> {
  const text = await readFile(join(folder, 'run/status.json'), 'utf8').catch(() => '{"parts":[]}');
  return (JSON.parse(text) as SupervisorStatus).parts.find((part) => part.name === name);
}
const story = async (): Promise<string[]> =>
  (await readFile(join(folder, 'run/story'), 'utf8')).trim().split('\n');
const events = async (): Promise<string> => readFile(join(folder, 'run/events.log'), 'utf8');
const ready = async (name: string): Promise<void> =>
  expect.poll(async () => readPart(name)).toMatchObject({ state: 'running', ready: true });

describe('supervise', () => {
  it('starts a part when those before it are ready, and stops them in reverse order', async () => {
    const etcd = part('etcd', `sleep 0.2; ${forever}`);
    const supervisor = await start([
      etcd,
      part('apiserver', forever, { after: ['etcd'] }),
      part('kwok', forever, { after: ['apiserver'] }),
    ]);
    await ready('kwok');

    await supervisor.stop();

    expect(await story()).toEqual([
      'start etcd',
      'start apiserver',
      'start kwok',
      'stop kwok',
      'stop apiserver',
      'stop etcd',
    ]);
    expect(await readPart('etcd')).toMatchObject({ state: 'stopped', restarts: 0 });
  });

  it('starts a part again when it dies, counts, and says so', async () => {
    await start([part('etcd', forever)]);
    await ready('etcd');
    const before = await readPart('etcd');
    process.kill(before?.pid ?? 0, 'SIGKILL');

    await expect.poll(async () => readPart('etcd')).toMatchObject({ restarts: 1, ready: true });

    const after = await readPart('etcd');
    expect(after?.lastExit?.reason).toBe('signal SIGKILL');
    expect(after?.pid).not.toBe(before?.pid);
    expect(await events()).toContain('etcd ended unasked (signal SIGKILL); starts again in 20 ms');
  });

  it('waits twice as long after each death, up to the longest back-off', async () => {
    await start([part('etcd', 'exit 3')]);

    await expect.poll(async () => (await readPart('etcd'))?.restarts).toBeGreaterThanOrEqual(4);

    const pauses = [...(await events()).matchAll(/\(exit code 3\); starts again in (\d+) ms/g)].map(
      ([, ms]) => ms,
    );
    expect(pauses.slice(0, 4)).toEqual(['20', '40', '80', '80']);
  });

  it('says why a program cannot be started', async () => {
    await start([part('etcd', '', { program: join(folder, 'absent') })]);

    await expect
      .poll(async () => (await readPart('etcd'))?.lastExit?.reason)
      .toMatch(/could not be started: .*ENOENT/);
  });

  it('kills a part that ignores the request to end, and says so', async () => {
    const supervisor = await start([part('stubborn', "trap '' TERM; " + forever)], { grace: 300 });
    await ready('stubborn');
    const { pid = 0, startTime = '' } = (await readPart('stubborn')) ?? {};

    await supervisor.stop();

    expect(await isRunning({ pid, startTime })).toBe(false);
    expect(await events()).toContain('stubborn did not end within 300 ms and was killed');
  });

  it('refuses to run twice on one cluster', async () => {
    await start([part('etcd', forever)]);
    await ready('etcd');

    const second = await start([part('etcd', forever)]);

    await expect(second.done).rejects.toThrow(
      `process ${String(process.pid)} supervises this cluster already`,
    );
    expect(await story()).toEqual(['start etcd']);
  });

  it('knows the other supervisor also when the status file is damaged', async () => {
    await start([part('etcd', forever)]);
    await ready('etcd');
    await writeFile(join(folder, 'run/status.json'), '{"formatVersion": 1, "superv');

    const second = await start([part('etcd', forever)]);

    await expect(second.done).rejects.toThrow(
      `process ${String(process.pid)} supervises this cluster already`,
    );
    expect(await story()).toEqual(['start etcd']);
  });

  it('starts nothing when its port is taken, even if the record of the other supervisor is lost', async () => {
    const [port] = await freePorts(1);
    await start([part('etcd', forever)], { port });
    await ready('etcd');
    await writeFile(join(folder, 'run/status.json'), 'null');
    await rm(join(folder, 'run/supervisor.pid'));

    const second = await start([part('etcd', forever)], { port });

    await expect(second.done).rejects.toThrow('EADDRINUSE');
    expect(await story()).toEqual(['start etcd']);
  });

  it('gives a part its explicit environment and nothing else', async () => {
    await start([
      part('etcd', `env > environment; ${forever}`, { env: { PATH: '/usr/bin:/bin', ONLY: 'this' } }),
    ]);
    await ready('etcd');

    const names = async (): Promise<string[]> => {
      const found = (await readFile(join(folder, 'run/environment'), 'utf8')).match(/^\w+(?==)/gm) ?? [];
      return found.filter((name) => !['_', 'PWD', 'OLDPWD', 'SHLVL'].includes(name)).sort();
    };
    await expect.poll(names).toEqual(['ONLY', 'PATH']);
  });

  it('keeps the log of a part that goes on writing below its cap', async () => {
    const log = join(folder, 'etcd.log');
    await appendFile(log, Buffer.alloc(21 * 1024 * 1024, 'x'));
    await start([part('etcd', `echo still here; ${forever}`)]);
    await ready('etcd');

    await expect.poll(async () => (await stat(log)).size).toBeLessThan(1_000);
    expect((await stat(`${log}.1`)).size).toBeGreaterThan(20 * 1024 * 1024);
    await rm(`${log}.1`);
  });
});
