import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { wholeMatrix } from '../../testing/fault-matrix.ts';
import { appliedCommits, clusterProcesses, expectNothingLeftBehind } from '../../testing/fault-traces.ts';

// Two commands at the same time: each ends well or refuses aloud, and nothing is lost.
let machine: Machine;
let replicas = 1;

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

async function wantOneMorePod(): Promise<void> {
  const line = (count: number): string => `trades:\n    replicas: ${String(count)}\n`;
  await machine.edit('clusters/dev/values.yaml', line(replicas), line(replicas + 1));
  replicas += 1;
}

async function expectHeadApplied(): Promise<void> {
  const head = machine.git('rev-parse', 'HEAD').trim();
  await vi.waitFor(async () => expect(await appliedCommits(machine)).toEqual([head]), {
    timeout: 60_000,
    interval: 200,
  });
  expect(machine.git('status', '--porcelain')).toBe('');
  const path = 'jsonpath={.spec.replicas}';
  expect(await machine.kubectl('get', 'deployment', 'trades', '-n', 'ml', '-o', path)).toBe(String(replicas));
  await expectNothingLeftBehind(machine, clusterProcesses);
}

it('two bootstraps both end well, with one cluster', async () => {
  const both = await Promise.all([
    machine.platform('bootstrap', 'dev', '--engine', 'embedded'),
    machine.platform('bootstrap', 'dev', '--engine', 'embedded'),
  ]);

  expect(both.map(({ exitCode, stderr }) => [exitCode, exitCode === 0 ? '' : stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(both.map(({ stdout }) => stdout.split('\n')[0]).sort()).toEqual([
    'dev is up.',
    'dev was up already; nothing was changed.',
  ]);
  await expectHeadApplied();
});

it('two deploys make one commit', async () => {
  const before = machine.git('rev-parse', 'HEAD').trim();
  await wantOneMorePod();

  const both = await Promise.all([
    machine.platform('deploy', 'dev', '--yes', '--message', 'Once'),
    machine.platform('deploy', 'dev', '--yes', '--message', 'Once'),
  ]);

  expect(both.map(({ exitCode, stderr }) => [exitCode, exitCode === 0 ? '' : stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(machine.git('log', '--format=%s', `${before}..HEAD`)).toBe('Once\n');
  await expectHeadApplied();
});

// A rebuild each: `npm run test:faults` has the time for them.
if (wholeMatrix) {
  it('a push while the cluster is rebuilt arrives after the comparison', async () => {
    await wantOneMorePod();
    expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
    machine.git('commit', '--all', '--message', 'Pushed meanwhile');
    const { ended, says } = machine.start('nuke-and-rebuild', 'dev', '--confirm=dev');
    await says('[3/12]');

    machine.git('push', 'dev', 'main');

    const { exitCode, stdout, stderr } = await ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^\d+ same, 0 missing, 0 changed\n/);
    await expectHeadApplied();
  });

  it('a rebuild waits for a deploy, and rebuilds what it brought', async () => {
    await wantOneMorePod();
    const deploy = machine.start('deploy', 'dev', '--yes', '--message', 'Before the rebuild');
    await deploy.says('[1/5]');

    const nuke = await machine.platform('nuke-and-rebuild', 'dev', '--confirm=dev');

    expect((await deploy.ended).exitCode).toBe(0);
    expect(nuke.exitCode, nuke.stderr).toBe(0);
    expect(nuke.stderr).toContain('waiting for another platform command that works on dev');
    await expectHeadApplied();
  });

  it('a deploy waits for a rebuild', async () => {
    await wantOneMorePod();
    const nuke = machine.start('nuke-and-rebuild', 'dev', '--confirm=dev');
    await nuke.says('[2/12]');

    const deploy = await machine.platform('deploy', 'dev', '--yes', '--message', 'After the rebuild');

    expect((await nuke.ended).exitCode).toBe(0);
    expect(deploy.exitCode, deploy.stderr).toBe(0);
    await expectHeadApplied();
  });

  it('a stop waits for a bootstrap, and the next bootstrap brings all back', async () => {
    expect((await machine.platform('stop', 'dev')).exitCode).toBe(0);
    const bootstrap = machine.start('bootstrap', 'dev');
    await bootstrap.says('[4/9]');

    const stop = await machine.platform('stop', 'dev');

    expect((await bootstrap.ended).exitCode).toBe(0);
    expect(stop.exitCode, stop.stderr).toBe(0);
    expect((await machine.platform('status', 'dev')).exitCode).not.toBe(0);
    expect((await machine.platform('bootstrap', 'dev')).exitCode).toBe(0);
    await expectHeadApplied();
  });
}
