import { expect, it } from 'vitest';
import { parseDurationMs } from './duration.ts';
import { parseQuantity } from './quantity.ts';

it.each([
  ['250m', 0.25],
  ['2', 2],
  ['0.5', 0.5],
  ['1Gi', 1_073_741_824],
  ['512Mi', 536_870_912],
  ['1G', 1_000_000_000],
  ['1e3', 1_000],
  ['1E', 1e18],
  ['one', undefined],
  ['1 Gi', undefined],
])('reads the quantity %s as %s', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

it.each([
  ['15s', 15_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['5', undefined],
  ['5 m', undefined],
])('reads the duration %s as %s ms', (text, value) => {
  expect(parseDurationMs(text)).toBe(value);
});
