import { expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { outcomeOf } from '../testing/outcome-of.ts';
import { toolMachine } from '../testing/tool-machine.ts';
import { doctorCommand } from './doctor.ts';

/** The last line of `platform doctor`, where a Docker daemon says its version, or nothing. */
async function verdict(docker: string, ...words: string[]): Promise<string | undefined> {
  const machine = await toolMachine();
  const run: Run = async () => Promise.resolve({ stdout: docker, stderr: '', exitCode: 0 });
  const { text } = await outcomeOf(
    doctorCommand,
    { ...machine.deps, run, terminal: recordedTerminal() },
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
