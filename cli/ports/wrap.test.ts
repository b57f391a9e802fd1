import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { hang, wrap } from './wrap.ts';

it('breaks between words, and leaves a word whole that is too long', () => {
  expect(wrap('one two three /a/path/that/is/long four', 9)).toEqual([
    'one two',
    'three',
    '/a/path/that/is/long',
    'four',
  ]);
});

it('counts no colours', () => {
  const { red } = picocolors.createColors(true);

  expect(wrap(`${red('one')} two`, 7)).toEqual([`${red('one')} two`]);
});

it('indents all lines but the first, keeps the indent of the first, and changes nothing off a terminal', () => {
  expect(hang('  go: get it from there', 12, 4)).toBe('  go: get it\n    from\n    there');
  expect(hang('  go: get it from there', undefined, 4)).toBe('  go: get it from there');
});
