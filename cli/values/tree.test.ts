import { describe, expect, it } from 'vitest';
import { parseYamlMap } from './read-yaml.ts';
import { entryAt, formatPath, merge, toPlain } from './tree.ts';

const lower = parseYamlMap('image: { tag: 0.1.0 }\nlist: [1, 2, 3]\nkept: yes\n', 'platform.yaml');

describe('merge', () => {
  it('merges maps key by key and replaces lists', () => {
    const higher = parseYamlMap('image: { repository: x }\nlist: [4]\n', 'values.yaml');

    expect(toPlain(merge(lower, higher))).toEqual({
      image: { tag: '0.1.0', repository: 'x' },
      list: [4],
      kept: 'yes',
    });
  });

  it('leaves what is there where a key has nothing after it', () => {
    const higher = parseYamlMap('image:\nlist:\nnew:\n', 'values.yaml');

    expect(toPlain(merge(lower, higher))).toEqual({
      image: { tag: '0.1.0' },
      list: [1, 2, 3],
      kept: 'yes',
      new: null,
    });
  });

  it('remembers for every value the file that won', () => {
    const merged = merge(lower, parseYamlMap('\nimage:\n  repository: x\n', 'values.yaml'));

    expect(entryAt(merged, ['image', 'tag'])?.value.place).toEqual({
      file: 'platform.yaml',
      line: 1,
      column: 15,
    });
    expect(entryAt(merged, ['image', 'repository'])?.value.place).toEqual({
      file: 'values.yaml',
      line: 3,
      column: 15,
    });
    expect(entryAt(merged, ['list', 1])?.value.place).toEqual({ file: 'platform.yaml', line: 2, column: 11 });
  });

  it('keeps a key named __proto__ as plain data', () => {
    const merged = merge(lower, parseYamlMap('__proto__: { polluted: true }\n', 'values.yaml'));

    expect(Object.hasOwn(toPlain(merged) as object, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('formatPath', () => {
  it('writes indexes in brackets', () => {
    expect(formatPath(['apps', 'trades', 'productIds', 0])).toBe('apps.trades.productIds[0]');
  });
});
