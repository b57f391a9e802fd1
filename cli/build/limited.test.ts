import { expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { limitedRun } from './limited.ts';

it('runs at most so many programs at a time, and goes on after one that fails', async () => {
  let now = 0;
  let most = 0;
  const run: Run = async ({ args }) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now -= 1;
    if (args[0] === '2') throw new Error('failed');
    return { stdout: args[0] ?? '', stderr: '', exitCode: 0 };
  };
  const limited = limitedRun(run, 2);

  const results = await Promise.allSettled(
    ['1', '2', '3', '4', '5'].map(async (arg) => limited({ tool: 'git', args: [arg], timeoutMs: 1_000 })),
  );

  expect(most).toBe(2);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
});
