import { expect, it } from 'vitest';
import { untilDate } from './until-date.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

it.each([
  ['90m', '2026-01-01T13:30:00.000Z'],
  ['3d', '2026-01-04T12:00:00.000Z'],
  ['2026-01-24', '2026-01-24T00:00:00.000Z'],
  ['2026-01-01T13:00:00+00:00', '2026-01-01T13:00:00.000Z'],
])('%s is %s', (text, until) => {
  expect(untilDate(text, now)).toBe(until);
});

it.each([
  ['tomorrow', 'is no duration and no date'],
  ['2025-12-31', 'is over already'],
])('%s %s', (text, message) => {
  expect(() => untilDate(text, now)).toThrow(message);
});
