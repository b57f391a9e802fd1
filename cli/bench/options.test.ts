import { expect, it } from 'vitest';
import { noneOrMore, parseBenchOptions } from './options.ts';

it('takes names of rows apart or together', () => {
  expect(
    parseBenchOptions(['--only', 'push', '--only', 'help,status'], ['push', 'help', 'status']),
  ).toMatchObject({
    only: ['push', 'help', 'status'],
    check: false,
  });
});

it('refuses what it does not know', () => {
  expect(() => parseBenchOptions(['--only', 'pull'], ['push'])).toThrow(
    'no row is called pull; there are push',
  );
  expect(() => parseBenchOptions(['--runs', '0'], [])).toThrow('--runs wants a number from 1 on, not 0');
  expect(() => parseBenchOptions(['--fast'], [])).toThrow('--fast');
});

it('takes 0 for none where a part can be left out', () => {
  expect(noneOrMore('pushes', '0')).toBe(0);
  expect(noneOrMore('pushes', '50')).toBe(50);
  expect(() => noneOrMore('pushes', '-1')).toThrow('--pushes wants a number from 1 on, not -1');
});
