import type { LoadPlan } from './load-plan.ts';

/** What k6 measured, all of it in milliseconds. */
export interface Latency {
  readonly min: number;
  readonly average: number;
  readonly median: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What became of the requests. */
export interface Requests {
  readonly sent: number;
  /** Those without an answer, and those answered with 400 or above. */
  readonly failed: number;
  /** Those that should have begun and did not: all senders were waiting for answers. */
  readonly dropped: number;
  /** Per second of the time in which they were sent. */
  readonly rate: number;
  readonly noAnswer: number;
  readonly status4xx: number;
  readonly status5xx: number;
}

export interface Measured {
  readonly requests: Requests;
  /** undefined where no request was sent. */
  readonly latencyMs: Latency | undefined;
}

/** How long one request may take, and the ones under way when the load ends, in seconds. */
const answerSeconds = 10;
const graceSeconds = 5;

/**
 * The program that k6 runs: requests begin at an even rate, whether or not those before were answered, so that a slow app
 * does not slow down the load that it is measured with.
 *
 * @param summary The file that gets what was measured, also when the run is cut short.
 * @see {@link https://grafana.com/docs/k6/v1.8.x/using-k6/scenarios/executors/constant-arrival-rate/}
 */
export function k6Script(
  { requestsPerSecond, loadMs }: Pick<LoadPlan, 'requestsPerSecond' | 'loadMs'>,
  url: string,
  summary: string,
): string {
  const options = {
    scenarios: {
      load: {
        executor: 'constant-arrival-rate',
        rate: requestsPerSecond,
        timeUnit: '1s',
        duration: `${loadMs}ms`,
        gracefulStop: `${graceSeconds}s`,
        // Each sender takes about 3 MB: enough for answers within a third of a second, at most.
        preAllocatedVUs: Math.min(Math.max(Math.ceil(requestsPerSecond / 10), 5), 100),
        maxVUs: Math.min(Math.max(requestsPerSecond, 20), 300),
      },
    },
    discardResponseBodies: true,
    maxRedirects: 0,
    summaryTrendStats: ['min', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
    systemTags: ['status'],
    userAgent: 'platform-loadtest',
  };
  return `import http from 'k6/http';
import { Counter } from 'k6/metrics';
export const options = ${JSON.stringify(options)};
const failed = { 0: new Counter('no_answer'), 4: new Counter('status_4xx'), 5: new Counter('status_5xx') };
export default function () {
  const { status } = http.get(${JSON.stringify(url)}, { timeout: '${answerSeconds}s' });
  const counter = failed[Math.floor(status / 100)];
  if (counter) counter.add(1);
}
export function handleSummary(data) {
  return { ${JSON.stringify(summary)}: JSON.stringify(data.metrics) };
}
`;
}

type Metrics = Readonly<Record<string, { readonly values?: Readonly<Record<string, number>> } | undefined>>;

/** @param text The metrics that {@link k6Script} leaves. */
export function readSummary(text: string): Measured {
  const metrics = JSON.parse(text) as Metrics;
  const value = (metric: string, name: string): number => metrics[metric]?.values?.[name] ?? 0;
  const duration = metrics['http_req_duration']?.values;
  const sent = value('http_reqs', 'count');
  const stat = (name: string): number => rounded(duration?.[name] ?? 0);
  return {
    requests: {
      sent,
      failed: value('http_req_failed', 'passes'), // k6 counts in a rate how often it was true
      dropped: value('dropped_iterations', 'count'),
      rate: rounded(value('http_reqs', 'rate')),
      noAnswer: value('no_answer', 'count'),
      status4xx: value('status_4xx', 'count'),
      status5xx: value('status_5xx', 'count'),
    },
    latencyMs:
      duration === undefined || sent === 0
        ? undefined
        : {
            min: stat('min'),
            average: stat('avg'),
            median: stat('med'),
            p90: stat('p(90)'),
            p95: stat('p(95)'),
            p99: stat('p(99)'),
            max: stat('max'),
          },
  };
}

/** How many requests were answered so far, from a line that k6 prints each second; undefined for any other line. */
export function completedIn(line: string): number | undefined {
  const count = /\bVUs, (\d+) complete and \d+ interrupted iterations/.exec(line)?.[1];
  return count === undefined ? undefined : Number(count);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
