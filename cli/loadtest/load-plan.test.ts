import { expect, it } from 'vitest';
import { checkLoadPlan, type LoadPlan } from './load-plan.ts';

const plan: LoadPlan = { requestsPerSecond: 100, loadMs: 60_000, watchMs: 0 };

it.each<[string, Partial<LoadPlan>]>([
  ['1001 requests per second are too many', { requestsPerSecond: 1_001 }],
  ['a load of less than a second measures nothing', { loadMs: 999 }],
  ['a load of more than 30 minutes is too long', { requestsPerSecond: 1, loadMs: 1_800_001 }],
  ['600000 requests are too many', { requestsPerSecond: 1_000, loadMs: 600_000 }],
  ['watching for more than 30 minutes is too long', { watchMs: 1_800_001 }],
  ['"predictions" is no path of a web address', { path: 'predictions' }],
  ['"/a b" is no path of a web address', { path: '/a b' }],
  ['/../../secrets leads out of the app', { path: '/../../secrets' }],
  ['/%2e%2E/secrets leads out of the app', { path: '/%2e%2E/secrets' }],
])('refuses: %s', (message, change) => {
  const check = (): void => checkLoadPlan({ ...plan, ...change });
  expect(check).toThrow(expect.objectContaining({ code: 'USAGE', message }) as Error);
});

it.each(['/', '/predictions?pair=BTC/USD&limit=5', '/a%20b'])('takes the path %s', (path) => {
  expect(() => checkLoadPlan({ ...plan, path })).not.toThrow();
});

it('takes the most that is allowed', () => {
  checkLoadPlan({ requestsPerSecond: 1_000, loadMs: 300_000, watchMs: 1_800_000 });
});
