import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { parseDuration, timeoutOption } from './timeout-option.ts';

it.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['1.5s', 1_500],
  ['10m', 600_000],
  ['2h', 7_200_000],
])('reads %s as %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', '10', '0s', '-5s', '5 m', '5d', '10minutes', 'm'])(
  'refuses %j, and says what a duration is',
  (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
    expect(() => parseDuration(text)).toThrow('90s, 10m');
  },
);

it('has its default in milliseconds', () => {
  expect(timeoutOption('10m', 'how long to wait').defaultValue).toBe(600_000);
});
