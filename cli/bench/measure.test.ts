import { expect, it } from 'vitest';
import { judge, measureRow } from './measure.ts';
import type { Row } from './row.ts';

const row: Row = {
  name: 'deploy',
  title: 'deploy something',
  goals: [
    { of: 'ours', to: 'floor', unit: 'ratio', atMost: 2 },
    { of: 'ours', unit: 's', atMost: 5 },
    { of: 'ours', unit: 'MB', atMost: 100 },
  ],
  runs: 3,
  prepare: async () => Promise.reject(new Error('not in this test')),
};

it('runs the sides in turns, and judges each goal by the medians', async () => {
  const order: string[] = [];
  const said: string[] = [];
  const seconds = { floor: [2, 4, 3], ours: [6, 5, 100] };
  const side = (name: 'floor' | 'ours') => ({
    name,
    run: async (round: number) => {
      order.push(`${name} ${round}`);
      return Promise.resolve({ seconds: seconds[name][round] ?? NaN, megabytes: 50 + round });
    },
  });

  const measured = await measureRow(row, { sides: [side('floor'), side('ours')] }, (line) => said.push(line));

  expect(order).toEqual(['floor 0', 'ours 0', 'floor 1', 'ours 1', 'floor 2', 'ours 2']);
  expect(measured.sides[1]).toEqual({
    name: 'ours',
    runs: 3,
    seconds: { median: 6, min: 5, max: 100 },
    megabytes: { median: 51, min: 50, max: 52 },
  });
  expect(measured.goals.map(({ value }) => value)).toEqual([2, 6, 51]);
  expect(said[1]).toBe('deploy 1/3: ours 6.00 s, 50 MB');
});

it('refuses a goal of a side that nobody measured', () => {
  expect(() => judge({ of: 'ours', to: 'florr', unit: 'ratio', atMost: 1 }, [])).toThrow(
    'no seconds were measured of ours',
  );
});
