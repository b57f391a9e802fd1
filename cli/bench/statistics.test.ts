import { describe, expect, it } from 'vitest';
import { growth, spreadOf } from './statistics.ts';

describe('spreadOf', () => {
  it('takes the middle of an odd number of runs, and the mean of the two in the middle of an even one', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(spreadOf([10, 9])).toEqual({ median: 9.5, min: 9, max: 10 });
  });

  it('refuses to judge nothing', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('growth', () => {
  it('compares the median of the last tenth with that of the tenth after a quarter, so that one outlier does not count', () => {
    const series = [
      ...Array<number>(25).fill(10),
      ...Array<number>(10).fill(100),
      ...Array<number>(55).fill(500),
      ...Array<number>(9).fill(110),
      900,
    ];
    expect(growth(series)).toEqual({ first: 100, last: 110 });
  });

  it('compares the first with the last where there are few', () => {
    expect(growth([1, 2, 3])).toEqual({ first: 1, last: 3 });
  });
});
