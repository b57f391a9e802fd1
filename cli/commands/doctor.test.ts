import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { outcomeOf } from '../testing/outcome-of.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { writeTree } from '../testing/temporary-tree.ts';
import { toolMachine } from '../testing/tool-machine.ts';
import { doctorCommand } from './doctor.ts';

/** The last line of `platform doctor`, where a Docker daemon says its version, or nothing. */
async function verdict(docker: string, ...words: string[]): Promise<string | undefined> {
  const machine = await toolMachine();
  const run: Run = async () => Promise.resolve({ stdout: docker, stderr: '', exitCode: 0 });
  const { text } = await outcomeOf(
    doctorCommand,
    { ...machine.deps, root: machine.directory, run, terminal: recordedTerminal() },
    words,
  );
  return text.split('\n').at(-1);
}

it('says which engine auto takes here', async () => {
  expect(await verdict('29.1.3')).toMatch(
    /^The engine kind can.*, and is what auto takes, since Docker answers\.$/,
  );
  expect(await verdict('')).toMatch(
    /^The engine embedded can.*, and is what auto takes, since no Docker answers\.$/,
  );
});

it('says nothing of auto where an engine was named', async () => {
  expect(await verdict('29.1.3', '--engine=embedded')).toMatch(/^The engine embedded can[^,]*\.$/);
});

it('warns of a cluster that this clone made for another client', async () => {
  const machine = await toolMachine();
  const root = await copiedRepository({});
  await writeTree(join(machine.deps.locations.state, 'old'), {
    'dev/cluster.json': '{"engine":"embedded"}',
    'dev.keep/owner.json': JSON.stringify({ formatVersion: 1, root, rootCommits: [] }),
  });
  const run: Run = async () => Promise.resolve({ stdout: '', stderr: '', exitCode: 0 });
  const deps = { ...machine.deps, run, terminal: recordedTerminal() };

  const { warnings } = await outcomeOf(doctorCommand, { ...deps, root }, []);
  expect(warnings).toEqual([expect.stringContaining('platform delete dev --client old')]);

  await writeTree(root, { 'platform.yaml': 'client: [\n' });
  expect((await outcomeOf(doctorCommand, { ...deps, root }, [])).warnings).toEqual([]);
});
