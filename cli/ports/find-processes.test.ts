import { spawn, type ChildProcess } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { isFrozen, processesWithVariable } from './find-processes.ts';
import { askToEnd, ownProcess } from './processes.ts';

function sleeper(home: string): ChildProcess {
  const child = spawn('sleep', ['60'], { env: { PATH: '/usr/bin:/bin', HOME: home }, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it('finds the processes that were started with a variable, the youngest first, and no others', async () => {
  const home = `/home/of nobody ${String(process.pid)}`;
  const first = sleeper(home);
  await expect.poll(async () => processesWithVariable('HOME', home)).toHaveLength(1);
  const second = sleeper(home);
  sleeper(`${home}x`);
  sleeper('/home');

  await expect
    .poll(async () => (await processesWithVariable('HOME', home)).map(({ pid }) => pid))
    .toEqual([second.pid, first.pid]);
});

it('tells a frozen process, which ends when it is asked to', async () => {
  const child = sleeper('/home');
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const pid = child.pid ?? 0;
  expect(await isFrozen(pid)).toBe(false);
  child.kill('SIGSTOP');
  await expect.poll(async () => isFrozen(pid)).toBe(true);

  const [found] = (await processesWithVariable('HOME', '/home')).filter((one) => one.pid === pid);
  expect(await askToEnd(found ?? (await ownProcess()))).toBe(true);

  expect(await ended).toBe('SIGTERM');
});
