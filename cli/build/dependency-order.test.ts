import { describe, expect, it } from 'vitest';
import { dependencyOrder, findCycles } from './dependency-order.ts';

const item = (name: string, ...dependsOn: string[]): { name: string; dependsOn: string[] } => ({
  name,
  dependsOn,
});

describe('dependencyOrder', () => {
  it('puts each after what it waits for, else by name; unknown names hold nothing up', () => {
    const ordered = dependencyOrder([item('c'), item('a', 'z'), item('z', 'nowhere'), item('b')]);
    expect(ordered.map(({ name }) => name)).toEqual(['b', 'c', 'z', 'a']);
  });

  it('puts the members of a cycle last', () => {
    const ordered = dependencyOrder([item('a', 'b'), item('b', 'a'), item('c')]);
    expect(ordered.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });
});

describe('findCycles', () => {
  it('names each cycle once, also one that waits for itself', () => {
    expect(findCycles([item('d', 'b'), item('b', 'c'), item('c', 'b'), item('s', 's'), item('x')])).toEqual([
      ['b', 'c'],
      ['s'],
    ]);
  });
});
