import { expect, it } from 'vitest';
import { defaultRange, isRange } from '../values/image-range.ts';
import { latestTag } from './latest-tag.ts';

const tags = [
  ...['latest', 'v9.9.9', '1.2', '0.9.0', '1.10.0', '1.9.0', '2.0.0-beta.20260131', '2.0.0-beta.20260201'],
  ...['3.0.0-dev.20260131', '0.0.0-demo.0123456789ab', 'sha-abc'],
];

it.each([
  [defaultRange('dev'), '2.0.0-beta.20260201'],
  [defaultRange('prod'), '1.10.0'],
  ['~1.9.0', '1.9.0'],
  ['>=1.0.0 <1.5.0 || 0.x', '0.9.0'],
  ['>=2.0.0-0', '2.0.0-beta.20260201'],
  ['^4', undefined],
])('the latest in %s is %s', (range, expected) => {
  expect(latestTag(tags, range)).toBe(expected);
});

it('knows what is no range', () => {
  expect(['*', '~1.2', '1 - 2', 'latest', '>>1'].map(isRange)).toEqual([true, true, true, false, false]);
});
