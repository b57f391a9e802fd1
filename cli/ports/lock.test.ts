import { spawn } from 'node:child_process';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundledScript } from '../testing/bundled-script.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { listNames, readText } from './files.ts';
import { withLock } from './lock.ts';
import { startTimeOf } from './processes.ts';

const busy = (): Error => new Error('somebody else holds it');

/** Another process that takes the lock and holds it until its input ends; resolves when it has it. */
async function holder(
  path: string,
): Promise<{ pid: number; release: () => void; kill: (signal?: NodeJS.Signals) => void }> {
  const script = await bundledScript(`import { withLock } from '../ports/lock.ts';
await withLock(process.argv[2]!, { waitMs: 0, busy: () => new Error('busy') }, async () => {
  console.log('held');
  for await (const _ of process.stdin);
});`);
  const child = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    pid: child.pid ?? 0,
    release: () => child.stdin.end(),
    kill: (signal = 'SIGKILL') => void child.kill(signal),
  };
}

it('refuses at once where another process holds the lock and nobody wants to wait', async () => {
  const path = join(await temporaryTree({}), 'run/lock');
  const { release } = await holder(path);
  let ran = false;

  await expect(withLock(path, { waitMs: 0, busy }, async () => (ran = true))).rejects.toThrow(
    'somebody else holds it',
  );

  expect(ran).toBe(false);
  release();
});

it('says once that it waits, and goes on when the other process is done', async () => {
  const path = join(await temporaryTree({}), 'lock');
  const { release } = await holder(path);
  const told: string[] = [];

  const work = withLock(path, { waitMs: 15_000, onWait: () => told.push('waits'), busy }, async () => 'done');
  await expect.poll(() => told).toEqual(['waits']);
  release();

  expect(await work).toBe('done');
  expect(told).toEqual(['waits']);
});

it('is free at once where its holder was killed, and nothing is left of that', async () => {
  const root = await temporaryTree({});
  const path = join(root, 'lock');
  const { pid, kill } = await holder(path);
  kill();
  await expect.poll(async () => startTimeOf(pid)).toBeUndefined();

  expect(await withLock(path, { waitMs: 0, busy }, async () => 'done')).toBe('done');
  expect(await listNames(root)).toEqual([]);
});

it('stays with a holder that sleeps, and names it', async () => {
  const path = join(await temporaryTree({}), 'lock');
  const { pid, kill, release } = await holder(path);
  kill('SIGSTOP');
  // As old as can be: neither the clock nor the age of a file says anything about a lock.
  const [ticket = ''] = await listNames(`${path}.lock`);
  await utimes(join(`${path}.lock`, ticket), 0, 0);

  const tellWho = (who: { pid: number }): Error => new Error(`held by ${String(who.pid)}`);
  await expect(withLock(path, { waitMs: 300, busy: tellWho }, async () => 'done')).rejects.toThrow(
    `held by ${String(pid)}`,
  );
  kill('SIGCONT');
  release();
  expect(await withLock(path, { waitMs: 15_000, busy }, async () => 'done')).toBe('done');
});

it('lets many processes in one at a time, in the order in which they came', async () => {
  const root = await temporaryTree({ count: '0' });
  const script = await bundledScript(`import { readFile, writeFile } from 'node:fs/promises';
import { withLock } from '../ports/lock.ts';
for (let turn = 0; turn < 8; turn += 1) {
  await withLock(process.argv[2]!, { waitMs: 60_000, busy: () => new Error('busy') }, async () => {
    const count = Number(await readFile(process.argv[3]!, 'utf8'));
    await new Promise((resolve) => setImmediate(resolve));
    await writeFile(process.argv[3]!, String(count + 1));
  });
}`);
  const ended = Array.from({ length: 5 }, async () => {
    const child = spawn(process.execPath, [script, join(root, 'lock'), join(root, 'count')], {
      stdio: 'inherit',
    });
    return new Promise((resolve) => child.on('exit', resolve));
  });

  expect(await Promise.all(ended)).toEqual([0, 0, 0, 0, 0]);
  expect(await readText(join(root, 'count'))).toBe('40'); // a lost update would make it less
  expect(await listNames(root)).toEqual(['count']);
});

it('does not pass by one that waits already', async () => {
  const path = join(await temporaryTree({}), 'lock');
  const order: string[] = [];
  const first = withLock(path, { waitMs: 0, busy }, async () => {
    const enter = async (name: string): Promise<void> =>
      withLock(path, { waitMs: 15_000, busy }, async () => void order.push(name));
    const second = enter('second');
    await expect.poll(async () => (await listNames(`${path}.lock`)).length).toBe(2);
    const third = enter('third');
    await expect.poll(async () => (await listNames(`${path}.lock`)).length).toBe(3);
    return [second, third];
  });
  await Promise.all(await first);
  expect(order).toEqual(['second', 'third']);
});

it('is free at once where its holder runs other programs and stops in the middle', async () => {
  const root = await temporaryTree({});
  const path = join(root, 'lock');
  const script = await bundledScript(`import { withLock } from '../ports/lock.ts';
import { runWithExeca } from '../ports/run.ts';
const run = runWithExeca(async () => '/bin/sh');
await run({ tool: 'git', args: ['-c', ':'], timeoutMs: 5_000 });
await withLock(process.argv[2]!, { waitMs: 0, busy: () => new Error('busy') }, async () => {
  await run({ tool: 'git', args: ['-c', ':'], timeoutMs: 5_000 });
  process.exit(130);
});`);
  const child = spawn(process.execPath, [script, path]);
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(130);

  expect(await listNames(root)).toEqual([]);
  expect(await withLock(path, { waitMs: 0, busy }, async () => 'done')).toBe('done');
});

it('is free again, and leaves no file, when the work is done or has failed', async () => {
  const root = await temporaryTree({});
  const path = join(root, 'lock');
  const fail = async (): Promise<never> => Promise.reject(new Error('the work failed'));

  await expect(withLock(path, { waitMs: 0, busy }, fail)).rejects.toThrow('the work failed');
  expect(await withLock(path, { waitMs: 0, busy }, async () => 'second')).toBe('second');

  expect(await listNames(root)).toEqual([]);
});
