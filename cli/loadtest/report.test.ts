import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentProblems } from '../testing/json-documents.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { drawLoadTest } from './draw-load-test.ts';
import { formatLoadTest } from './format-load-test.ts';
import type { LoadTest } from './load-test.ts';
import { pictureFile } from './picture-file.ts';
import type { Sample } from './watch-scaling.ts';

const sample = (seconds: number, wanted: number, ready: number, current: number | null): Sample => ({
  seconds,
  completed: seconds * 50,
  wanted,
  ready,
  metrics: [{ name: 'cpu', unit: '%', target: 70, current }],
});

const test: LoadTest = {
  environment: 'dev',
  app: 'prediction-api',
  namespace: 'ml',
  path: '/predictions?pair=<BTC>',
  startedAt: '2026-01-01T00:00:00.000Z',
  requestsPerSecond: 50,
  loadSeconds: 60.2,
  interrupted: false,
  requests: { sent: 3010, failed: 6, dropped: 2, rate: 50, noAnswer: 1, status4xx: 0, status5xx: 5 },
  latencyMs: { min: 0.5, average: 2.35, median: 2, p90: 4, p95: 5, p99: 9, max: 20.13 },
  autoscaler: { kind: 'HorizontalPodAutoscaler', name: 'prediction-api', min: 1, max: 5 },
  timeline: [
    sample(0, 1, 1, null),
    sample(15, 1, 1, 180),
    sample(16, 1, 1, 180),
    sample(17, 3, 1, 180),
    sample(60, 3, 3, 66),
  ],
};

it('tells requests, latencies, and each turn of the autoscaler', () => {
  expect(formatLoadTest(test))
    .toBe(`prediction-api of dev: GET /predictions?pair=<BTC>, 50 requests/s for 1m00s

requests  3010 sent (50.0/s), 6 failed (1 without an answer, 5 with 5xx), 2 not sent in time
latency   half within 2.0 ms, 90 % 4.0 ms, 95 % 5.0 ms, 99 % 9.0 ms, the slowest 20 ms

HorizontalPodAutoscaler prediction-api, 1 to 5 pods
TIME   WANTED  READY  CPU
0s     1       1      not measured of 70 %
15s    1       1      180 % of 70 %
17s    3       1      180 % of 70 %
1m00s  3       3      66 % of 70 %`);
});

it('says what Ctrl-C left, and that a number is fixed', () => {
  const text = formatLoadTest({ ...test, interrupted: true, autoscaler: undefined });

  expect(text).toContain('for 1m00s, stopped early');
  expect(text).toContain('No autoscaler: replicas of the values decides how many pods prediction-api has');
});

it('is documented as JSON', () => {
  const data = { ...test, picture: '/tmp/load.svg' };
  const document = { apiVersion: 'platform/v1', kind: 'LoadTest', ok: true, data, warnings: [], error: null };
  expect(documentProblems(document)).toEqual([]);
});

describe('the picture', () => {
  it('has a panel for pods, for each metric, and for requests, and only text that is escaped', () => {
    const svg = drawLoadTest(test);

    const titles = [...svg.matchAll(/class="title"[^>]*>([^<]*)/g)].map(([, title]) => title);
    expect(titles).toEqual(['pods', 'cpu, % of what the pods request', 'requests/s answered']);
    expect(svg).toContain('GET /predictions?pair=&lt;BTC&gt;: 3010 requests, 6 failed');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('can be drawn of a test that ended at once', () => {
    expect(drawLoadTest({ ...test, timeline: [], latencyMs: undefined })).not.toMatch(
      /NaN|undefined|Infinity/,
    );
  });

  it('goes where nothing is, or an earlier one, and over nothing else', async () => {
    const folder = await temporaryTree({ 'own.svg': '<svg/>', 'old.svg': drawLoadTest(test) });
    await mkdir(join(folder, 'folder.svg'));
    await writeFile(join(folder, 'empty.svg'), '');

    expect(await pictureFile(join(folder, 'new.svg'))).toBe(join(folder, 'new.svg'));
    expect(await pictureFile(join(folder, 'old.svg'))).toBe(join(folder, 'old.svg'));
    for (const name of ['own.svg', 'empty.svg', 'folder.svg', 'no/such.svg']) {
      await expect(pictureFile(join(folder, name)), name).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
    }
    await expect(pictureFile(join(folder, 'new.png'))).rejects.toMatchObject({ code: 'USAGE' });
  });
});
