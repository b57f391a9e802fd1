import { expect, it } from 'vitest';
import { completedIn, readSummary } from './k6-script.ts';

// As k6 1.8.1 writes them.
const metrics = {
  http_reqs: { type: 'counter', contains: 'default', values: { count: 300, rate: 49.987 } },
  http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0.02, passes: 6, fails: 294 } },
  http_req_duration: {
    type: 'trend',
    contains: 'time',
    values: { min: 0.5, avg: 2.3456, med: 2, 'p(90)': 4, 'p(95)': 5, 'p(99)': 9, max: 20.125 },
  },
  dropped_iterations: { type: 'counter', contains: 'default', values: { count: 3, rate: 0.5 } },
  status_5xx: { type: 'counter', contains: 'default', values: { count: 5, rate: 1 } },
  no_answer: { type: 'counter', contains: 'default', values: { count: 1, rate: 0.1 } },
};

it('reads what k6 measured', () => {
  expect(readSummary(JSON.stringify(metrics))).toEqual({
    requests: { sent: 300, failed: 6, dropped: 3, rate: 49.99, noAnswer: 1, status4xx: 0, status5xx: 5 },
    latencyMs: { min: 0.5, average: 2.35, median: 2, p90: 4, p95: 5, p99: 9, max: 20.13 },
  });
});

it('has no latency where nothing was sent', () => {
  expect(readSummary('{"vus":{"values":{"value":5}}}')).toMatchObject({
    requests: { sent: 0, failed: 0 },
    latencyMs: undefined,
  });
});

it.each([
  ['running (0m10.0s), 03/20 VUs, 1234 complete and 0 interrupted iterations', 1234],
  ['load   [  17% ] 03/20 VUs  0m10.0s/1m0s  100.00 iters/s', undefined],
])('counts answers in a line of k6: %s', (line, count) => {
  expect(completedIn(line)).toBe(count);
});
