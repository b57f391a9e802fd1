import { formatTable } from '../toolchain/format-table.ts';
import type { ScalingMetric } from './autoscaler.ts';
import type { Latency, Requests } from './k6-script.ts';
import type { LoadTest } from './load-test.ts';
import type { Sample } from './watch-scaling.ts';

/** For people: what was asked, what the app answered, what the autoscaler did. */
export function formatLoadTest(test: LoadTest): string {
  const { app, environment, path, requestsPerSecond, loadSeconds, latencyMs, requests } = test;
  const early = test.interrupted ? ', stopped early' : '';
  return [
    `${app} of ${environment}: GET ${path}, ${requestsPerSecond} requests/s for ${secondsText(loadSeconds)}${early}`,
    '',
    formatTable([
      ['requests', requestsText(requests)],
      ['latency', latencyMs === undefined ? 'nothing was answered' : latencyText(latencyMs)],
    ]),
    '',
    autoscalerText(test),
    formatTable([
      ['TIME', 'WANTED', 'READY', ...(test.timeline[0]?.metrics ?? []).map(({ name }) => name.toUpperCase())],
      ...turns(test.timeline).map(({ seconds, wanted, ready, metrics }) => [
        secondsText(seconds),
        String(wanted),
        String(ready),
        ...metrics.map(metricText),
      ]),
    ]),
  ].join('\n');
}

/** The samples in which something is new; the first and the last one too. */
export function turns(timeline: readonly Sample[]): Sample[] {
  const key = ({ wanted, ready, metrics }: Sample): string =>
    [wanted, ready, ...metrics.map(({ current }) => String(current))].join(' ');
  return timeline.filter((sample, at) => {
    const before = timeline[at - 1];
    return before === undefined || at === timeline.length - 1 || key(sample) !== key(before);
  });
}

function requestsText({ sent, failed, dropped, rate, noAnswer, status4xx, status5xx }: Requests): string {
  const kinds = [
    [noAnswer, 'without an answer'],
    [status4xx, 'with 4xx'],
    [status5xx, 'with 5xx'],
  ] as const;
  const why = kinds.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
  return [
    `${sent} sent (${rate.toFixed(1)}/s)`,
    `${failed} failed${why === '' ? '' : ` (${why})`}`,
    ...(dropped > 0 ? [`${dropped} not sent in time`] : []),
  ].join(', ');
}

export function latencyText({ median, p90, p95, p99, max }: Latency): string {
  return `half within ${ms(median)}, 90 % ${ms(p90)}, 95 % ${ms(p95)}, 99 % ${ms(p99)}, the slowest ${ms(max)}`;
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

function autoscalerText({ autoscaler, app }: LoadTest): string {
  if (autoscaler === undefined)
    return `No autoscaler: replicas of the values decides how many pods ${app} has`;
  const { kind, name, min, max } = autoscaler;
  return `${kind} ${name}, ${min} to ${max} pods`;
}

export function metricText({ unit, target, current }: ScalingMetric): string {
  const number = (value: number): string => `${Number(value.toPrecision(3))}${unit === '%' ? ' %' : ''}`;
  return `${current === null ? 'not measured' : number(current)} of ${number(target)}`;
}

/** `59s`, `2m05s`. */
export function secondsText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
