import { describe, expect, it } from 'vitest';
import { diffFields } from './diff-fields.ts';

describe('diffFields', () => {
  it('names the deepest field that differs, items of lists by their names', () => {
    const before = {
      spec: {
        containers: [
          { name: 'a', image: 'x:1' },
          { name: 'b', image: 'y:1' },
        ],
      },
    };
    const after = {
      spec: {
        containers: [
          { name: 'b', image: 'y:2' },
          { image: 'x:1', name: 'a' },
        ],
      },
    };
    expect(diffFields(before, after)).toEqual([
      { path: 'spec.containers[b].image', before: 'y:1', after: 'y:2' },
    ]);
  });

  it('takes the position where items have no name, and undefined where one side has nothing', () => {
    expect(diffFields({ args: ['a', 'b'] }, { args: ['a'], 'x/y': 1 })).toEqual([
      { path: 'args[1]', before: 'b', after: undefined },
      { path: '[x/y]', before: undefined, after: 1 },
    ]);
  });

  it('is empty where only the order of keys differs', () => {
    expect(diffFields({ a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 })).toEqual([]);
  });
});
