import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clusterParts, occupy, partNames, type ClusterParts } from '../../testing/cluster-parts.ts';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { killProcessesOf, processesOf } from '../../testing/e2e-processes.ts';
import { wholeMatrix } from '../../testing/fault-matrix.ts';
import { processesWhen } from '../../testing/fault-traces.ts';
import { smallDisk, type SmallDisk } from '../../testing/small-disk.ts';
import { withHelmRelease } from '../../testing/with-helm-release.ts';

// What befalls the processes of a cluster, and the disk below it: every part by every fault, or a share of that.
let machine: Machine;
let cluster: ClusterParts;
let disk: SmallDisk | string;
const taken: Server[] = [];
const everyone = ['supervisor', ...partNames];
const some = (all: readonly string[], few: readonly string[]): readonly string[] => (wholeMatrix ? all : few);

beforeAll(async () => {
  machine = await newMachine();
  disk = smallDisk(join(machine.home, '.local/state'), 700);
  await withoutBackfill(machine);
  await withHelmRelease(machine); // or helm-controller would have nothing to do, and not run
  expect((await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).exitCode).toBe(0);
  cluster = clusterParts(machine);
  await machine.kubectl('create', 'configmap', 'kept', '--from-literal=a=b');
});
afterAll(async () => {
  for (const server of taken) server.close();
  await machine.platform('delete', 'dev', '--confirm=dev');
  if (typeof disk === 'object') disk.unmount();
  expect(await machine.dispose()).toEqual([]);
});

/** The cluster is as it was before the fault, and goes on. */
async function expectWell(): Promise<void> {
  await cluster.whole();
  expect(await machine.kubectl('get', 'configmap', 'kept', '--output=name')).toBe('configmap/kept\n');
  await cluster.applied(cluster.push());
  await processesWhen(machine, everyone.length);
}

describe('a process that is frozen', () => {
  it('is shown by status, with its log, whichever it is; and start wakes it', async () => {
    for (const name of everyone) cluster.signal(name, 'SIGSTOP');

    const { state, parts, exitCode } = await cluster.shown();
    expect({ state, exitCode }).toEqual({ state: 'degraded', exitCode: 1 });
    expect(parts.map(({ name, state }) => [name, state])).toEqual(
      everyone.map((name) => [name, 'unresponsive']),
    );
    const { stdout } = await cluster.told();
    for (const { name, log } of parts) expect(stdout).toContain(`part     ${name} is unresponsive  ${log}`);

    expect(await machine.platform('start', 'dev')).toMatchObject({ exitCode: 0 });
    await expectWell();
  });

  it.each(some(everyone, []))('goes on after a minute as if nothing had been: %s', async (name) => {
    const pid = cluster.pidOf(name);
    process.kill(pid, 'SIGSTOP');
    await pause(60_000);
    const { parts } = await cluster.shown();
    expect(parts.find((part) => part.name === name)?.state).toBe('unresponsive');

    process.kill(pid, 'SIGCONT');

    await expectWell();
    expect(cluster.pidOf(name)).toBe(pid);
  });

  it('holds no push up for good: what is pushed while the API server sleeps is applied when it wakes', async () => {
    cluster.signal('kube-apiserver', 'SIGSTOP');
    const commit = cluster.push();
    await pause(2_000);
    cluster.signal('kube-apiserver', 'SIGCONT');

    await cluster.applied(commit);
  });
});

describe('a part that was killed', () => {
  it.each(some(partNames, ['kube-apiserver']))('is started again: %s', async (name) => {
    const { restarts } = cluster.part(name);
    cluster.signal(name, 'SIGKILL');
    const commit = cluster.push();

    await vi.waitFor(() => expect(cluster.part(name)).toMatchObject({ restarts: restarts + 1 }), 10_000);

    expect(cluster.part(name).lastExit?.reason).toBe('signal SIGKILL');
    await cluster.applied(commit);
    await expectWell();
  });
});

describe('a part that ends again and again', () => {
  it.each(some(partNames, ['helm-controller']))(
    'is named by status, and gets another port from start: %s',
    async (name) => {
      const [port, log] = [cluster.portOf(name), join(cluster.state, `logs/${name}.log`)];
      const before = readFileSync(join(cluster.state, 'run/events.log'), 'utf8').length;
      cluster.signal(name, 'SIGKILL');
      taken.push(await occupy(port));
      await vi.waitFor(() => expect(cluster.part(name).failedStarts).toBeGreaterThanOrEqual(3), 60_000);

      const { stdout, exitCode } = await cluster.told();
      expect(exitCode).toBe(1);
      const part = stdout.split('\n').find((line) => line.startsWith(`part     ${name} is `));
      expect(part).toMatch(/is \w+, started again \d+ times, last end: exit code 1/);
      expect(part).toContain(log);
      const events = readFileSync(join(cluster.state, 'run/events.log'), 'utf8').slice(before);
      const pauses = [...events.matchAll(/(\S+) ended unasked \(.*\); starts again in (\d+) ms/g)]
        .filter(([, who]) => who === name)
        .map(([, , ms]) => Number(ms));
      expect(pauses[2]).toBe((pauses[1] ?? 0) * 2);

      const start = await machine.platform('start', 'dev');

      expect(start, start.stderr).toMatchObject({ exitCode: 0 });
      expect(cluster.portOf(name)).not.toBe(port);
      await expectWell();
    },
  );
});

describe('a supervisor that was killed, with its status file damaged', () => {
  it.each(some(['start', 'bootstrap', 'stop'], ['start']))(
    'leaves nothing that %s does not find',
    async (verb) => {
      cluster.signal('supervisor', 'SIGKILL');
      await processesWhen(machine, partNames.length);
      cluster.damageStatus();
      const { state, parts } = await cluster.shown();
      expect({ state, supervisor: parts[0]?.state }).toEqual({ state: 'degraded', supervisor: 'failed' });

      expect(await machine.platform(verb, 'dev')).toMatchObject({ exitCode: 0 });

      if (verb === 'stop') {
        expect(processesOf(machine.folder)).toEqual([]);
        expect(await machine.platform('start', 'dev')).toMatchObject({ exitCode: 0 });
      }
      await expectWell();
    },
  );
});

describe('a reboot', () => {
  it('loses nothing; start takes other ports, and signals no process that has a pid of before', async () => {
    const status = cluster.recorded();
    const ports = everyone.map((name) => cluster.portOf(name));
    killProcessesOf(machine.folder);
    await processesWhen(machine, 0);
    for (const port of ports) taken.push(await occupy(port));
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    const parts = status.parts.map((part) => ({ ...part, pid: stranger.pid }));
    const supervisor = { ...status.supervisor, pid: stranger.pid };
    writeFileSync(join(cluster.state, 'run/status.json'), JSON.stringify({ ...status, supervisor, parts }));

    expect(await cluster.shown()).toMatchObject({ state: 'stopped' });
    const start = await machine.platform('start', 'dev');

    expect(start, start.stderr).toMatchObject({ exitCode: 0 });
    expect(stranger.signalCode).toBeNull();
    stranger.kill();
    for (const name of everyone) expect(ports).not.toContain(cluster.portOf(name));
    await expectWell();
  });
});

describe('a full disk below the cluster', () => {
  it('is named by start, and the cluster is there again when there is space', async ({ skip }) => {
    if (typeof disk === 'string') {
      console.log(`skipped: ${disk}`);
      return skip(disk);
    }
    disk.fill();
    const shown = await cluster.shown();
    expect(shown.state).toBe('running');
    expect(await machine.platform('stop', 'dev')).toMatchObject({ exitCode: 0 });
    expect(processesOf(machine.folder)).toEqual([]);
    rmSync(join(cluster.state, 'run/tmp'), { recursive: true }); // a start takes that space first
    disk.fill();

    const { exitCode, document } = await machine.json('start', 'dev');
    expect({ exitCode, code: document.error?.code }).toEqual({ exitCode: 2, code: 'DISK_FULL' });
    expect(document.error?.hint).toMatch(/^df -h /);
    expect(processesOf(machine.folder)).toEqual([]);

    disk.free();
    const start = await machine.platform('start', 'dev');
    expect(start, start.stderr).toMatchObject({ exitCode: 0 });
    await expectWell();
  });
});
