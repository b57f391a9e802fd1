import { expect, it } from 'vitest';
import { errorCodes } from './codes.ts';
import { formatPlace, PlatformError } from './platform-error.ts';

it('ends with one of the seven exit codes, never with 0, for every code', () => {
  for (const { exit } of Object.values(errorCodes)) expect([1, 2, 3, 4, 5, 130]).toContain(exit);
});

it('takes the exit code of an error from its code', () => {
  expect(new PlatformError('NOT_CONFIRMED', 'no', 'yes').exitCode).toBe(3);
  expect(new PlatformError('INTERRUPTED', 'no', 'yes').exitCode).toBe(130);
});

it('writes a place as terminals make it clickable, and a column only with its line', () => {
  expect(formatPlace({ file: 'a.yaml', line: 3, column: 7 })).toBe('a.yaml:3:7');
  expect(formatPlace({ file: 'a.yaml', line: 3 })).toBe('a.yaml:3');
  expect(formatPlace({ file: 'a.yaml', column: 7 })).toBe('a.yaml');
});
