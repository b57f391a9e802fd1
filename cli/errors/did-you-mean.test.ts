import { expect, it } from 'vitest';
import { closest } from './did-you-mean.ts';

it('finds the name that was mistyped', () => {
  expect(closest('trads', ['backfill', 'trades'])).toBe('trades');
  expect(closest('Prod', ['dev', 'prod'])).toBe('prod');
  expect(closest('predicton-api', ['prediction-api', 'predictor'])).toBe('prediction-api');
});

it('prefers the nearest of several', () => {
  expect(closest('stages', ['stage', 'stagess', 'stages-2'])).toBe('stage');
});

it('guesses nothing far-fetched, and nothing where nothing is known', () => {
  expect(closest('canary', ['dev', 'prod'])).toBeUndefined();
  expect(closest('dev', [])).toBeUndefined();
});
