import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachine, withoutBackfill, type Machine, type Ran } from '../../testing/e2e-machine.ts';
import { chains, faults, phasesOf, type Cell, type Phase } from '../../testing/fault-matrix.ts';
import { matrixTable, runCell, stepTimes, type Outcome, type StepTimes } from '../../testing/fault-run.ts';
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
const { undisturbed, bootstrapPhases, deployPhases, nukePhases } = await prepare().catch(
  async (error: unknown) => {
    await machine.dispose();
    throw error;
  },
);
const times: StepTimes = stepTimes(undisturbed.stderr);
let expected: string[];

beforeAll(async () => {
  expected = await inventory(machine);
  expect(expected.length).toBeGreaterThan(5);
});
afterAll(async () => {
  expect(await machine.dispose()).toEqual([]);
});

async function prepare(): Promise<
  { undisturbed: Ran } & Record<'bootstrapPhases' | 'deployPhases' | 'nukePhases', Phase[]>
> {
  await withoutBackfill(machine);
  const steps = await stepsOf(bootstrap);
  const ran = await machine.platform(...bootstrap);
  if (ran.exitCode !== 0) throw new Error(ran.stderr);
  return {
    undisturbed: ran,
    bootstrapPhases: phasesOf(steps),
    deployPhases: phasesOf(await stepsOf(deploy)),
    nukePhases: phasesOf(await stepsOf(nuke)),
  };
}

/** Stops a command in each cell of a chain, then lets it run to its end. */
async function runChain(cells: readonly Cell[], args: readonly string[], outcomes: Outcome[]): Promise<Ran> {
  for (const cell of cells) {
    const outcome = await runCell(machine, cell, times, args);
    outcomes.push(outcome);
    const where = `${args[0] ?? ''} ${cell.phase.mark}${cell.phase.title}, ${cell.fault.name}, ${cell.moment}`;
    expect(outcome.result, `${where}: ${String(outcome.ran.exitCode)}\n${outcome.ran.stderr}`).not.toBe(
      'wrong',
    );
  }
  const last = await machine.platform(...args);
  expect(last.exitCode, last.stderr).toBe(0);
  return last;
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
      expect((await machine.platform('delete', 'dev', '--confirm=dev')).exitCode).toBe(0);
      await expectNothingLeftBehind(machine, 0);

      const { stdout } = await runChain(cells, bootstrap, outcomes);

      expect(stdout).toContain('acme-dev');
      await expectUndisturbed();
    },
  );
});

describe('deploy', () => {
  const outcomes: Outcome[] = [];
  let replicas = 1;
  afterAll(() => {
    console.log(matrixTable('deploy', deployPhases, faults, outcomes));
  });

  it.each(chains(deployPhases))(
    'that is stopped ($name) is finished by the next one, in one commit',
    async ({ cells }) => {
      const before = machine.git('rev-parse', 'HEAD').trim();
      const line = (count: number): string => `trades:\n    replicas: ${String(count)}\n`;
      await machine.edit('clusters/dev/values.yaml', line(replicas), line(replicas + 1));
      replicas += 1;

      await runChain(cells, deploy, outcomes);

      const head = machine.git('rev-parse', 'HEAD').trim();
      expect(machine.git('log', '--format=%s', `${before}..HEAD`)).toBe('More pods\n');
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
      const { stdout } = await runChain(cells, nuke, outcomes);

      expect(stdout).toMatch(/^(\d+) same, 0 missing, 0 changed\n/);
      await expectUndisturbed();
    },
  );
});
