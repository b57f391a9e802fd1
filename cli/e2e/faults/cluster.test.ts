import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, withoutBackfill, type Machine, type Ran } from '../../testing/e2e-machine.ts';
import { chains, faults, phasesOf, wholeMatrix, type Cell, type Phase } from '../../testing/fault-matrix.ts';
import {
  matrixTable,
  nameOf,
  runCell,
  stepTimes,
  type Outcome,
  type StepTimes,
} from '../../testing/fault-run.ts';
import {
  appliedCommits,
  clusterProcesses,
  expectNothingLeftBehind,
  inventory,
} from '../../testing/fault-traces.ts';

// A command is stopped in each of its steps, by every signal; the same command, run again, must finish the work.
const bootstrap = ['bootstrap', 'dev', '--engine', 'embedded'];
const deploy = ['deploy', 'dev', '--yes', '--message', 'More pods'];
const nuke = ['nuke-and-rebuild', 'dev', '--confirm=dev'];

const machine: Machine = await newMachine();
const stepsOf = async (args: readonly string[]): Promise<string[]> =>
  ((await machine.json(...args, '--dry-run')).document.data as { steps: string[] }).steps;

// The matrix is made from what the commands say, and the plans of two of them are read from a running cluster: all of it
// has to be there before there are tests to name.
const { times, bootstrapPhases, deployPhases, nukePhases } = await prepare().catch(async (error: unknown) => {
  await machine.dispose();
  throw error;
});
let expected: string[];

beforeAll(async () => {
  expected = await inventory(machine);
  expect(expected.length).toBeGreaterThan(5);
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

async function prepare(): Promise<
  { times: StepTimes } & Record<'bootstrapPhases' | 'deployPhases' | 'nukePhases', Phase[]>
> {
  await withoutBackfill(machine);
  const steps = await stepsOf(bootstrap);
  // The whole matrix wants the times of the other commands as well.
  const commands = [bootstrap, ...(wholeMatrix ? [deploy, nuke] : [])];
  const times = new Map<string, number>();
  for (const command of commands) {
    if (command === deploy) await machine.edit('clusters/dev/values.yaml', 'lastDays: 7', 'lastDays: 8');
    const { exitCode, stderr } = await machine.platform(...command);
    if (exitCode !== 0) throw new Error(stderr);
    for (const [title, ms] of stepTimes(stderr)) {
      if (!times.has(title)) times.set(title, ms);
    }
  }
  return {
    times,
    bootstrapPhases: phasesOf(steps),
    deployPhases: phasesOf(await stepsOf(deploy)),
    nukePhases: phasesOf(await stepsOf(nuke)),
  };
}

/** Stops a command in each cell of a chain, then lets it run to its end. @param renew Gives it all its work again. */
async function runChain(
  cells: readonly Cell[],
  args: readonly string[],
  outcomes: Outcome[],
  renew: () => Promise<unknown>,
): Promise<Ran> {
  for (const cell of cells) {
    const outcome = await runCell(machine, cell, times, args, renew);
    outcomes.push(outcome);
    const { result, ran } = outcome;
    const where = `${args[0] ?? ''} ${nameOf(cell)}: ${String(ran.exitCode)}\n${ran.stderr}`;
    expect(result, where).not.toBe('wrong');
  }
  return toEnd(args);
}

async function toEnd(args: readonly string[]): Promise<Ran> {
  const ran = await machine.platform(...args);
  expect(ran.exitCode, ran.stderr).toBe(0);
  return ran;
}

async function expectUndisturbed(): Promise<void> {
  expect((await machine.platform('status', 'dev')).exitCode).toBe(0);
  expect(await inventory(machine)).toEqual(expected);
  await expectNothingLeftBehind(machine, clusterProcesses);
}

describe('bootstrap', () => {
  const outcomes: Outcome[] = [];
  afterAll(() => {
    console.log(matrixTable('bootstrap', bootstrapPhases, faults, outcomes));
  });

  it.each(chains(bootstrapPhases))(
    'that is stopped ($name) is finished by the next one',
    async ({ cells }) => {
      const destroy = async () => toEnd(['delete', 'dev', '--confirm=dev']);
      await destroy();
      await expectNothingLeftBehind(machine, 0);

      const { stdout } = await runChain(cells, bootstrap, outcomes, destroy);

      expect(stdout).toContain('acme-dev');
      await expectUndisturbed();
    },
  );
});

describe('deploy', () => {
  const outcomes: Outcome[] = [];
  let replicas = 1;
  const wantOneMorePod = async (): Promise<void> => {
    const line = (count: number): string => `trades:\n    replicas: ${String(count)}\n`;
    await machine.edit('clusters/dev/values.yaml', line(replicas), line(replicas + 1));
    replicas += 1;
  };
  afterAll(() => {
    console.log(matrixTable('deploy', deployPhases, faults, outcomes));
  });

  it.each(chains(deployPhases))(
    'that is stopped ($name) is finished by the next one, in one commit',
    async ({ cells }) => {
      const before = machine.git('rev-parse', 'HEAD').trim();
      let commits = 1;
      await wantOneMorePod();

      await runChain(cells, deploy, outcomes, async () => {
        await toEnd(deploy);
        await wantOneMorePod();
        commits += 1;
      });

      const head = machine.git('rev-parse', 'HEAD').trim();
      expect(machine.git('log', '--format=%s', `${before}..HEAD`)).toBe('More pods\n'.repeat(commits));
      expect(machine.git('status', '--porcelain')).toBe('');
      expect((await machine.platform('render', 'dev', '--check')).exitCode).toBe(0);
      expect(machine.git('ls-remote', 'dev', 'main')).toContain(head);
      expect(await appliedCommits(machine)).toEqual([head]);
      expect(
        await machine.kubectl('get', 'deployment', 'trades', '-n', 'ml', '-o', 'jsonpath={.spec.replicas}'),
      ).toBe(String(replicas));
      await expectUndisturbed();
    },
  );
});

describe('nuke-and-rebuild', () => {
  const outcomes: Outcome[] = [];
  afterAll(() => {
    console.log(matrixTable('nuke-and-rebuild', nukePhases, faults, outcomes));
  });

  it.each(chains(nukePhases))(
    'that is stopped ($name) is finished by the next one, which compares with what was there before the first',
    async ({ cells }) => {
      const { stdout } = await runChain(cells, nuke, outcomes, async () => toEnd(nuke));

      expect(stdout).toMatch(/^(\d+) same, 0 missing, 0 changed\n/);
      await expectUndisturbed();
    },
  );
});
