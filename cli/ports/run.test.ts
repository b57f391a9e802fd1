import { spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bundledScript } from '../testing/bundled-script.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { startTimeOf } from './processes.ts';
import { quote, runWithExeca, type Invocation } from './run.ts';

/** Runs a shell script in the place of git. */
const runScript = async (script: string, call: Partial<Invocation> = {}) =>
  runWithExeca(async () => '/bin/sh')({ tool: 'git', args: ['-c', script], timeoutMs: 20_000, ...call });

it('gives the output whole, with the last newline, and the exit code', async () => {
  expect(await runScript('echo out; echo err >&2; exit 3', { okExitCodes: [0, 3] })).toEqual({
    stdout: 'out\n',
    stderr: 'err\n',
    exitCode: 3,
  });
});

it('gives the input to the program, and an empty one where there is none', async () => {
  expect((await runScript('cat', { input: 'a secret' })).stdout).toBe('a secret');
  expect((await runScript('cat')).stdout).toBe('');
});

it('adds variables, and takes those away that are undefined', async () => {
  vi.stubEnv('PLATFORM_TEST_OLD', 'here');

  const { stdout } = await runScript('echo "$PLATFORM_TEST_NEW ${PLATFORM_TEST_OLD-gone}"', {
    env: { PLATFORM_TEST_NEW: 'new', PLATFORM_TEST_OLD: undefined },
  });

  expect(stdout).toBe('new gone\n');
  vi.unstubAllEnvs();
});

it('gives each line of standard error while the program runs', async () => {
  const lines: string[] = [];

  await runScript('printf "one\\ntwo\\nthree" >&2', { onErrorLine: (line) => lines.push(line) });

  expect(lines).toEqual(['one', 'two', 'three']);
});

it('fails with the last 20 lines of standard error and a command line to paste', async () => {
  const cwd = await temporaryTree({});

  const failing = runScript('seq 1 30 >&2; exit 7', { cwd });

  const last = Array.from({ length: 20 }, (_, index) => String(index + 11)).join('\n');
  await expect(failing).rejects.toMatchObject({
    code: 'TOOL_FAILED',
    message: `git -c 'seq 1 30 >&2; exit 7' ended with exit code 7:\n${last}`,
    hint: `Run it by hand: cd ${quote(cwd)} && git -c 'seq 1 30 >&2; exit 7'`,
  });
});

it('names the signal that ended the program', async () => {
  await expect(runScript('kill -KILL $$')).rejects.toThrow('was ended by SIGKILL');
});

it('fails with TOOL_MISSING where the program is not there', async () => {
  const missing = runWithExeca(async () => '/nowhere/git')({ tool: 'git', args: [], timeoutMs: 1_000 });

  await expect(missing).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: 'git is not there (/nowhere/git)',
    hint: 'platform doctor',
  });
});

it('says that a file which is no program could not be started', async () => {
  const root = await temporaryTree({ git: 'no program' });

  const failing = runWithExeca(async () => join(root, 'git'))({ tool: 'git', args: [], timeoutMs: 1_000 });

  await expect(failing).rejects.toThrow('git could not be started (EACCES)');
});

it('ends grandchildren too when the deadline passes, soon after it', async () => {
  const root = await temporaryTree({});
  const started = performance.now();

  const late = runScript(`sleep 60 & echo $! > ${quote(join(root, 'pid'))}; wait`, { timeoutMs: 300 });

  await expect(late).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' });
  await expect(late).rejects.toThrow('did not end within 0.3 s');
  expect(performance.now() - started).toBeLessThan(5_000);
  const pid = Number(await readFile(join(root, 'pid'), 'utf8'));
  await expect.poll(async () => startTimeOf(pid)).toBeUndefined();
});

it('kills a program that does not heed the deadline', async () => {
  const started = performance.now();

  await expect(
    runScript('trap "" TERM; while :; do sleep 0.1; done', { timeoutMs: 200 }),
  ).rejects.toMatchObject({
    code: 'TOOL_TIMEOUT',
  });

  expect(performance.now() - started).toBeLessThan(10_000);
});

it('follows the lines of a program that does not heed the deadline, up to its end', async () => {
  const lines: string[] = [];
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));

  const late = runScript('trap "" TERM; printf "one\\ntwo" >&2; while :; do sleep 0.1; done', {
    timeoutMs: 300,
    onErrorLine: (line) => lines.push(line),
  });

  await expect(late).rejects.toMatchObject({ code: 'TOOL_TIMEOUT' });
  await expect.poll(() => lines).toEqual(['one', 'two']);
  await new Promise((resolve) => setImmediate(resolve)); // a rejection is reported after its turn
  expect(unhandled).toEqual([]);
});

it('waits no longer, and lets this process end, where a grandchild in a session of its own holds the output', async () => {
  const root = await temporaryTree({});
  const script = await bundledScript(`import { runWithExeca } from '../ports/run.ts';
    const run = runWithExeca(async () => process.execPath);
    const script = \`const { spawn } = require('node:child_process');
      const { pid } = spawn('sleep', ['30'], { detached: true, stdio: 'inherit' });
      require('node:fs').writeFileSync(process.argv[1], String(pid));\`;
    await run({ tool: 'git', args: ['-e', script, process.argv[2]], timeoutMs: 1000 })
      .catch((error) => console.log(error.code));`);
  const started = performance.now();
  const child = spawn(process.execPath, [script, join(root, 'pid')]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));

  const code = await new Promise((resolve) => child.on('exit', resolve));

  expect({ said, code }).toEqual({ said: 'TOOL_TIMEOUT\n', code: 0 });
  expect(performance.now() - started).toBeLessThan(20_000); // of the 30 s that the grandchild lives
  process.kill(Number(await readFile(join(root, 'pid'), 'utf8')), 'SIGKILL');
}, 30_000);

it('quotes what a shell would take apart', async () => {
  expect(['a/b.c', '', "it's", '$HOME x'].map(quote)).toEqual(['a/b.c', "''", `'it'\\''s'`, "'$HOME x'"]);
  const root = await temporaryTree({});
  await writeFile(join(root, 'x'), '#!/bin/sh\nprintf "%s" "$1"');
  await chmod(join(root, 'x'), 0o755);
  expect((await runScript(`${quote(join(root, 'x'))} ${quote("a 'b' $c\n")}`)).stdout).toBe("a 'b' $c\n");
});
