import { describe, expect, it } from 'vitest';
import { setInYaml } from './edit-yaml.ts';

const path = ['defaults', 'apps', 'web'];
const value = { image: { tag: '0.1.0' } };

describe('setInYaml', () => {
  it.each([
    [
      'adds a key below the last one, before comments',
      'a:   [1,2]   # odd\ndefaults:\n    apps:\n        db:\n            image: { tag: 1.0.0 } # last\n        # more\nz: 1\n',
      'a:   [1,2]   # odd\ndefaults:\n    apps:\n        db:\n            image: { tag: 1.0.0 } # last\n        web:\n          image: { tag: 0.1.0 }\n        # more\nz: 1\n',
    ],
    [
      'adds it where the file ends without a newline',
      'defaults:\n  apps:\n    db: 1',
      'defaults:\n  apps:\n    db: 1\n    web:\n      image: { tag: 0.1.0 }\n',
    ],
    [
      'adds it behind a text of several lines',
      'defaults:\n  apps:\n    db: |\n      one\n      two\n\nz: 1 # end\n',
      'defaults:\n  apps:\n    db: |\n      one\n      two\n    web:\n      image: { tag: 0.1.0 }\n\nz: 1 # end\n',
    ],
    [
      'makes the maps on the way, and keeps comments where a map was commented out',
      '# top\na: 1 # one\ndefaults: # none\n  # apps: {}\n',
      '# top\na: 1 # one\ndefaults:\n  # none\n  # apps: {}\n  apps:\n    web:\n      image: { tag: 0.1.0 }\n',
    ],
    [
      'makes a block of a file that is {}',
      '# all defaults\n{}\n',
      '# all defaults\ndefaults:\n  apps:\n    web:\n      image: { tag: 0.1.0 }\n',
    ],
    [
      'adds to a map in one line',
      '# top\ndefaults: { apps: { db: 1 } } # flow\n',
      '# top\ndefaults: { apps: { db: 1, web: { image: { tag: 0.1.0 } } } } # flow\n',
    ],
  ])('%s', (_, before, after) => {
    expect(setInYaml(before, path, value)).toBe(after);
  });

  it.each([
    ["cluster: { context: 'old' }   # c\n", 'cluster: { context: new }   # c\n'],
    ['cluster:\n  context: &c old # c\nz: *c\n', 'cluster:\n  context: &c new # c\nz: *c\n'],
    ['cluster:\n  context: >-\n    old\n# end\n', 'cluster:\n  context: new\n# end\n'],
  ])('replaces a value and nothing around it: %j', (before, after) => {
    expect(setInYaml(before, ['cluster', 'context'], 'new')).toBe(after);
  });

  it('writes a text that looks like something else in quotes', () => {
    expect(setInYaml('a:\n  b: x\n', ['a', 'b'], 'true')).toBe('a:\n  b: "true"\n');
    expect(setInYaml('a:\n  b: x\n', ['a', '123'], 'y')).toBe('a:\n  b: x\n  "123": y\n');
  });

  it('adds to the top below all that is there, and a list in one line', () => {
    const before = 'a: 1\n\nb:\n  c: 2\n  # d: 3\n';
    const after = `${before}\nsecrets:\n  recipients: [x]\n`;

    expect(setInYaml(before, ['secrets', 'recipients'], ['x'])).toBe(after);
    expect(setInYaml(after, ['secrets', 'recipients'], ['y', 'z'])).toBe(after.replace('[x]', '[y, z]'));
    expect(setInYaml(after, ['secrets', 'sops'], true)).toBe(`${after}  sops: true\n`);
  });

  it('refuses a path that leads through an alias', () => {
    expect(() => setInYaml('x: &x { b: 1 }\na: *x\n', ['a', 'b'], 'y')).toThrow();
  });
});
