import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, withoutBackfill, type Machine } from '../testing/e2e-machine.ts';
import { processesOf } from '../testing/e2e-processes.ts';

// kill -9 of the command itself, at every step: the same command, run again, must finish the work.
let machine: Machine;
const state = (): string => join(machine.home, '.local/state/platform/acme');
const nuke = ['nuke-and-rebuild', 'dev', '--confirm=dev'];

beforeAll(async () => {
  machine = await newMachine();
  await withoutBackfill(machine);
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

/** Kills a command some milliseconds after it said that it is at a step, such as `[3/9]`. */
async function killAt(step: string, afterMs: number, ...args: string[]): Promise<void> {
  const { child, ended, says } = machine.start(...args);
  await says(step);
  await pause(afterMs);
  child.kill('SIGKILL');
  const { exitCode, stderr } = await ended;
  expect(exitCode, `platform ${args.join(' ')} was over before it was killed:\n${stderr}`).toBeNull();
}

/** What is there when a cluster runs and no command does: each process once, and no lock or half-written file. */
function expectNothingLeftBehind(): void {
  expect(processesOf(machine.folder).map(({ args }) => args)).toHaveLength(9);
  expect(readdirSync(state()).sort()).toEqual(['dev', 'dev.context.json', 'dev.keep']);
  const halfWritten = [machine.home, join(machine.clone, '.git')]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .filter((path) => !/\/dev\/(etcd|run\/artifacts)\//.test(path)) // these belong to etcd and to source-controller
    .filter((path) => /\.(lock|tmp|new|deleting)$|\.tmp-/.test(path));
  expect(halfWritten).toEqual([]);
}

describe('bootstrap that is killed', () => {
  // Each run gets one step further than the one before, so that it is killed while that step has work to do.
  it.each([
    [1, 0],
    [2, 150],
    [3, 30],
    [4, 300],
    [4, 2_500],
    [5, 0],
    [6, 10],
    [7, 300],
    [8, 0],
    [9, 500],
  ])('in step %i, %i ms after it began, leaves something that can be gone on from', async (step, afterMs) => {
    await killAt(`[${step}/9]`, afterMs, 'bootstrap', 'dev', '--engine', 'embedded');
  });

  it('is finished by the next one, and nothing is left behind', async () => {
    expect(await machine.platform('bootstrap', 'dev')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('acme-dev') as string,
    });
    expect((await machine.platform('status', 'dev')).exitCode).toBe(0);
    expectNothingLeftBehind();
  });
});

describe('nuke-and-rebuild that is killed', () => {
  it.each([
    ['while it destroys the cluster', '[2/12]', 300],
    ['after it has destroyed the cluster', '[3/12]', 0],
    ['while the cluster starts', '[6/12]', 1_500],
    ['while it waits for Flux', '[11/12]', 700],
  ])('%s, leaves something that can be gone on from', async (_, step, afterMs) => {
    await killAt(step, afterMs, ...nuke);
    expect(existsSync(join(state(), 'dev.keep/journal.json'))).toBe(true);
  });

  it('is finished by the same command, which still compares with what was there before the first one', async () => {
    const { exitCode, stdout, stderr } = await machine.platform(...nuke);

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^9 same, 0 missing, 0 changed\n/);
    expect(existsSync(join(state(), 'dev.keep/journal.json'))).toBe(false);
    expect((await machine.platform('status', 'dev')).exitCode).toBe(0);
    expectNothingLeftBehind();
  });
});

describe('two bootstraps at once', () => {
  it('both end well, with one cluster', async () => {
    expect((await machine.platform('delete', 'dev', '--confirm=dev')).exitCode).toBe(0);
    expect(processesOf(machine.folder)).toEqual([]);

    const both = await Promise.all([
      machine.platform('bootstrap', 'dev'),
      machine.platform('bootstrap', 'dev'),
    ]);

    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(both.map(({ stdout }) => stdout.split('\n')[0]).sort()).toEqual([
      'dev is up.',
      'dev was up already; nothing was changed.',
    ]);
    expectNothingLeftBehind();
  });
});
