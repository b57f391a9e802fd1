import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { parseYamlMap, readYamlMap } from './read-yaml.ts';
import { toPlain } from './tree.ts';

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) {
    const below = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
    lines.push(`a${level}: &a${level} [${below}]`);
  }
  return lines.join('\n');
}

describe('parseYamlMap', () => {
  it.each([
    ['broken indentation', 'a:\n  b: 1\n c: 2\n', 3, 'same column'],
    ['a tab', 'a:\n\tb: 1\n', 2, 'Tabs'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 3, 'unique'],
    ['two documents', 'a: 1\n---\nb: 2\n', 2, 'multiple documents'],
    ['a list at the top', '- a\n', 1, 'holds a list'],
    ['a word at the top', 'hello\n', 1, 'holds a single value'],
    ['an unknown tag', 'a: !secret b\n', 1, 'Unresolved tag'],
    ['an alias without an anchor', 'a: 1\nb: *c\n', 2, '*c has no anchor'],
    ['an alias inside of itself', 'a: &a\n  b: *a\n', 2, 'inside of what it stands for'],
    ['an alias bomb', bomb(), 2, 'more than 100 values'],
    ['a map as a key', '? { a: 1 }\n: b\n', 1, 'a single word'],
  ])('refuses %s with its line', (_, text, line, message) => {
    let thrown: unknown;
    try {
      parseYamlMap(text, 'clusters/dev/values.yaml');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'VALUES_SYNTAX',
      details: expect.arrayContaining([
        {
          place: expect.objectContaining({ file: 'clusters/dev/values.yaml', line }) as unknown,
          message: expect.stringContaining(message) as unknown,
        },
      ]) as unknown,
    });
  });

  it('reads a file of comments as an empty map', () => {
    expect(toPlain(parseYamlMap('# nothing yet\n', 'values.yaml'))).toEqual({});
  });

  it('follows anchors and aliases', () => {
    expect(toPlain(parseYamlMap('a: &x { cpu: 1 }\nb: *x\n', 'values.yaml'))).toEqual({
      a: { cpu: 1 },
      b: { cpu: 1 },
    });
  });

  it('reads yes, no and on as text, as YAML 1.2 says', () => {
    expect(toPlain(parseYamlMap('a: yes\nb: no\nc: on\n', 'values.yaml'))).toEqual({
      a: 'yes',
      b: 'no',
      c: 'on',
    });
  });

  it('reads Windows line ends', () => {
    expect(toPlain(parseYamlMap('a: 1\r\nb: x\r\n', 'values.yaml'))).toEqual({ a: 1, b: 'x' });
  });
});

describe('readYamlMap', () => {
  it('refuses a file of more than 1 MB without parsing it', async () => {
    const root = await temporaryTree({ 'values.yaml': `a: ${'x'.repeat(1_000_001)}` });

    await expect(readYamlMap(root, 'values.yaml')).rejects.toMatchObject({
      code: 'VALUES_SYNTAX',
      message: expect.stringContaining('at most 1 MB') as unknown,
    });
  });
});
