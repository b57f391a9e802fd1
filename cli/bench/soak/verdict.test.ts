import { describe, expect, it } from 'vitest';
import { judgeMemory, judgePushes } from './verdict.ts';

describe('judgePushes', () => {
  it('counts a commit that was not seen as superseded when a later one was', () => {
    expect(judgePushes(['a', 'b', 'c'], new Set(), new Set(['a', 'c']))).toEqual({
      applied: 2,
      superseded: 1,
      refused: 0,
      lost: [],
    });
  });

  it('counts as lost what nothing after it has overtaken', () => {
    expect(judgePushes(['a', 'b', 'c'], new Set(), new Set(['a'])).lost).toEqual(['b', 'c']);
    expect(judgePushes(['a'], new Set(), new Set()).lost).toEqual(['a']);
  });

  it('never misses what git refused', () => {
    expect(judgePushes(['a', 'b'], new Set(['b']), new Set(['a']))).toEqual({
      applied: 1,
      superseded: 0,
      refused: 1,
      lost: [],
    });
  });

  it('does not take what ran before the first push for one of the pushes', () => {
    expect(judgePushes(['a', 'b'], new Set(), new Set(['start', 'b']))).toMatchObject({
      applied: 1,
      superseded: 1,
    });
  });
});

describe('judgeMemory', () => {
  const series = (first: number, last: number) => ({
    name: 'x',
    megabytes: [first, (first + last) / 2, last],
  });

  it('lets heaps breathe, and small programs more so', () => {
    expect(judgeMemory(series(300, 340)).flat).toBe(true);
    expect(judgeMemory(series(40, 54)).flat).toBe(true);
  });

  it('finds growth', () => {
    expect(judgeMemory(series(300, 350))).toEqual({ name: 'x', first: 300, last: 350, flat: false });
    expect(judgeMemory(series(40, 60)).flat).toBe(false);
  });
});
