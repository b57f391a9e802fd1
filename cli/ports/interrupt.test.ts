import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { bundledScript } from '../testing/bundled-script.ts';
import { startTimeOf } from './processes.ts';

// Signals end a process, so each test has one of its own: it says `ready`, then gets the signals.

async function signalled(
  work: string,
  signals: readonly { readonly after: string; readonly signal: NodeJS.Signals }[],
): Promise<{ said: string; code: unknown }> {
  const script = await bundledScript(`import { listenToInterrupts } from '../ports/interrupt.ts';
import { runWithExeca } from '../ports/run.ts';
const say = (line: string) => console.log(line);
const { interrupted, shield } = listenToInterrupts({ stopping: () => say('stopping'), stopped: say });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
${work}`);
  const child = spawn(process.execPath, [script]);
  let said = '';
  const left = [...signals];
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const [next] = left;
    if (next && said.includes(next.after)) child.kill(left.shift()?.signal);
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  return { said, code };
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'stops at once at %s, with 130, where nothing needs to be finished',
  async (signal) => {
    expect(await signalled(`say('ready'); await sleep(20_000);`, [{ after: 'ready', signal }])).toEqual({
      said: 'ready\nstopped\n',
      code: 130,
    });
  },
);

it('lets shielded work end after the first signal, and only tells it to stop', async () => {
  const work = `await shield(async () => { say('ready'); while (!interrupted.aborted) await sleep(20); say('step ended'); });
say('resumable'); process.exit(0);`;

  expect(await signalled(work, [{ after: 'ready', signal: 'SIGTERM' }])).toEqual({
    said: 'ready\nstopping\nstep ended\nresumable\n',
    code: 0,
  });
});

it('stops shielded work at the second signal', async () => {
  const work = `await shield(async () => { say('ready'); await sleep(20_000); });`;

  expect(
    await signalled(work, [
      { after: 'ready', signal: 'SIGINT' },
      { after: 'stopping', signal: 'SIGINT' },
    ]),
  ).toEqual({ said: 'ready\nstopping\nstopped at once; the same command goes on from there\n', code: 130 });
});

it('ends the outside programs that run', async () => {
  const work = `const run = runWithExeca(async () => '/bin/sh');
await run({ tool: 'git', args: ['-c', 'echo pid $$ >&2; exec sleep 20'], timeoutMs: 30_000, onErrorLine: (line) => say(line + ' ready') });`;

  const { said, code } = await signalled(work, [{ after: 'ready', signal: 'SIGINT' }]);

  expect(code).toBe(130);
  const pid = Number(/pid (\d+)/.exec(said)?.[1]);
  await expect.poll(async () => startTimeOf(pid)).toBeUndefined();
});
