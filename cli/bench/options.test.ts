import { expect, it } from 'vitest';
import { parseBenchOptions } from './options.ts';

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
