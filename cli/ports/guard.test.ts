import { spawn } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { bundledScript } from '../testing/bundled-script.ts';
import { guardWith } from './guard.ts';
import { startTimeOf } from './processes.ts';

/** A shell script in the place of k6. */
const start = async (script: string, onLine?: (line: string) => void) =>
  guardWith(async () => '/bin/sh')({ tool: 'k6', args: ['-c', script], ...(onLine ? { onLine } : {}) });

it('gives each line, the last errors, and the exit code', async () => {
  const lines: string[] = [];

  const program = await start('echo one; echo two; echo no >&2; exit 3', (line) => lines.push(line));

  expect(await program.exited).toBe(3);
  expect(lines).toEqual(['one', 'two']);
  expect(program.lastErrors()).toBe('no');
});

it('lets a program end its work when it is asked to stop', async () => {
  const lines: string[] = [];
  const program = await start(
    'trap "echo ended; exit 0" TERM; echo begun; while :; do sleep 0.05; done',
    (line) => lines.push(line),
  );
  await vi.waitFor(() => expect(lines).toEqual(['begun']), 5_000);

  await program.stop();

  expect(lines).toEqual(['begun', 'ended']);
  expect(await program.exited).toBe(0);
  await program.stop(); // again: nothing to do
});

it('gives 127 where there is no such program', async () => {
  const program = await guardWith(async () => '/no/such/program')({ tool: 'k6', args: [] });

  expect(await program.exited).toBe(127);
});

it('leaves nothing behind when this process is killed', async () => {
  const script = await bundledScript(`import { guardWith } from '../ports/guard.ts';
const program = await guardWith(async () => '/bin/sleep')({ tool: 'k6', args: ['300'] });
console.log(program.pid);
await program.exited;`);
  const parent = spawn(process.execPath, [script]);
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))),
  );
  expect(await startTimeOf(pid)).toBeDefined();

  parent.kill('SIGKILL');

  await vi.waitFor(async () => expect(await startTimeOf(pid)).toBeUndefined(), 5_000);
});
