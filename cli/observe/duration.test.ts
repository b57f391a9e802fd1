import { expect, it } from 'vitest';
import { formatDuration } from './duration.ts';

it('writes a span in the largest unit that says enough', () => {
  const seconds = [-1, 0, 59, 60, 3_599, 3_600, 172_799, 172_800];
  expect(seconds.map((each) => formatDuration(each * 1_000))).toEqual([
    '0s',
    '0s',
    '59s',
    '1m',
    '59m',
    '1h',
    '47h',
    '2d',
  ]);
});
