import { expect, it } from 'vitest';
import { whichOne } from './which-one.ts';

it('names an environment that was the only one, and else leaves the next command to take all', () => {
  expect(whichOne(['dev'])).toBe(' dev');
  expect(whichOne(['dev', 'stage'])).toBe('');
  expect(whichOne([])).toBe('');
});
