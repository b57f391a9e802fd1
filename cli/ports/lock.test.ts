import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bundledScript } from '../testing/bundled-script.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { listNames } from './files.ts';
import { withLock } from './lock.ts';

const busy = (): Error => new Error('somebody else holds it');

/** Another process that takes the lock and holds it until its input ends; resolves when it has it. */
async function holder(path: string): Promise<{ release: () => void; kill: () => void }> {
  const script = await bundledScript(`import { withLock } from '../ports/lock.ts';
await withLock(process.argv[2]!, { waitMs: 0, busy: () => new Error('busy') }, async () => {
  console.log('held');
  for await (const _ of process.stdin);
});`);
  const child = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { release: () => child.stdin.end(), kill: () => void child.kill('SIGKILL') };
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

it('takes over from a process that was killed', async () => {
  const path = join(await temporaryTree({}), 'lock');
  const { kill } = await holder(path);
  kill();

  expect(await withLock(path, { waitMs: 15_000, busy }, async () => 'done')).toBe('done');
}, 20_000);

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
