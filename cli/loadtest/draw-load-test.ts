import type { LoadTest } from './load-test.ts';
import { latencyText, secondsText } from './format-load-test.ts';
import { pictureMark } from './picture-file.ts';
import type { Sample } from './watch-scaling.ts';

/** Of the picture, in its own units: browsers scale it. */
const width = 880;
const [left, right, top, panelHeight, gap] = [64, 28, 92, 110, 46] as const;

/** What a rate is taken over, in seconds. */
const rateSeconds = 5;

/** One line of a panel: where its value is undefined, it has a gap. */
interface Line {
  readonly name: string;
  readonly style: 'main' | 'second' | 'limit';
  readonly value: (sample: Sample) => number | undefined;
}
interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/**
 * A load test as one picture: pods, what the autoscaler measures, and requests, over the same time. It follows the reader's choice
 * of light or dark, and holds nothing from elsewhere.
 */
export function drawLoadTest(test: LoadTest): string {
  const panels = panelsOf(test);
  const height = top + panels.length * (panelHeight + gap) + 6;
  const end = Math.max(test.timeline.at(-1)?.seconds ?? 0, test.loadSeconds, 1);
  const x = (seconds: number): number => left + (seconds / end) * (width - left - right);
  const { app, environment, requestsPerSecond, loadSeconds, latencyMs, requests, path } = test;
  const heading = `${app} of ${environment} under ${requestsPerSecond} requests/s for ${secondsText(loadSeconds)}`;
  const facts = `GET ${path}: ${requests.sent} requests, ${requests.failed} failed; ${latencyMs === undefined ? 'no answer' : latencyText(latencyMs)}`;
  return `${pictureMark} xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title facts">
<title id="title">${escaped(heading)}</title>
<desc id="facts">${escaped(facts)}</desc>
${style}
<rect class="back" width="${width}" height="${height}" rx="8"/>
<text class="heading" x="${left}" y="32">${escaped(heading)}</text>
<text class="facts" x="${left}" y="54">${escaped(facts)}</text>
${panels.map((panel, at) => drawPanel(panel, test, top + at * (panelHeight + gap), x, end)).join('\n')}
</svg>
`;
}

function panelsOf({ timeline, autoscaler }: LoadTest): Panel[] {
  const bounds: Line[] =
    autoscaler === undefined
      ? []
      : [{ name: `at most ${autoscaler.max}`, style: 'limit', value: () => autoscaler.max }];
  const pods: Panel = {
    title: 'pods',
    lines: [
      ...bounds,
      { name: 'wanted', style: 'second', value: ({ wanted }) => wanted },
      { name: 'ready', style: 'main', value: ({ ready }) => ready },
    ],
  };
  const names = [...new Set(timeline.flatMap(({ metrics }) => metrics.map(({ name }) => name)))];
  const measured = names.map((name): Panel => {
    const of = (sample: Sample) => sample.metrics.find((metric) => metric.name === name);
    const unit = timeline.flatMap(({ metrics }) => metrics).find((metric) => metric.name === name)?.unit;
    return {
      title: unit === '%' ? `${name}, % of what the pods request` : name,
      lines: [
        { name: 'target', style: 'limit', value: (sample) => of(sample)?.target },
        { name: 'measured', style: 'main', value: (sample) => of(sample)?.current ?? undefined },
      ],
    };
  });
  return [
    pods,
    ...measured,
    { title: 'requests/s answered', lines: [{ name: 'answered', style: 'main', value: rateIn(timeline) }] },
  ];
}

/** Answers per second over the last five seconds: k6 counts them once a second, at other moments than the looks. */
function rateIn(timeline: readonly Sample[]): Line['value'] {
  return (sample) => {
    const from = sample.seconds - rateSeconds;
    const before = timeline.findLast(({ seconds }) => seconds <= from) ?? { seconds: 0, completed: 0 };
    const seconds = sample.seconds - before.seconds;
    return seconds < 1 ? undefined : (sample.completed - before.completed) / seconds;
  };
}

function drawPanel(
  { title, lines }: Panel,
  { timeline, loadSeconds }: LoadTest,
  y0: number,
  x: (seconds: number) => number,
  end: number,
): string {
  const values = lines.flatMap(({ value }) => timeline.flatMap((sample) => value(sample) ?? []));
  const most = niceTop(Math.max(1, ...values));
  const y = (value: number): number => y0 + panelHeight - (value / most) * panelHeight;
  const [x0, x1] = [x(0), x(end)];
  const levels = [0, most / 2, most].map(
    (level) =>
      `<path class="grid" d="M${x0} ${fixed(y(level))}H${fixed(x1)}"/><text class="axis" x="${x0 - 8}" y="${fixed(y(level) + 4)}" text-anchor="end">${Number(level.toPrecision(3))}</text>`,
  );
  const step = niceStep(end / 8);
  const times = Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => at * step).map(
    (seconds) =>
      `<text class="axis" x="${fixed(x(seconds))}" y="${y0 + panelHeight + 16}" text-anchor="middle">${secondsText(seconds)}</text>`,
  );
  const legend = [...lines].reverse().map((line, at) => {
    const at0 = x1 - 96 * (at + 1);
    return `<path class="${line.style}" d="M${fixed(at0)} ${y0 - 12}h18"/><text class="axis" x="${fixed(at0 + 24)}" y="${y0 - 8}">${escaped(line.name)}</text>`;
  });
  const drawn = lines.map(
    (line) => `<path class="${line.style}" d="${pathOf(timeline, line.value, x, y)}"/>`,
  );
  return [
    `<rect class="load" x="${fixed(x0)}" y="${y0}" width="${fixed(x(Math.min(loadSeconds, end)) - x0)}" height="${panelHeight}"/>`,
    `<text class="title" x="${left}" y="${y0 - 8}">${escaped(title)}</text>`,
    ...levels,
    ...times,
    ...legend,
    ...drawn,
  ].join('\n');
}

/** Steps, not slopes: between two looks a number stays what it was. */
function pathOf(
  timeline: readonly Sample[],
  value: Line['value'],
  x: (seconds: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = [];
  let last: string | undefined;
  for (const sample of timeline) {
    const number = value(sample);
    const [at, height] = [fixed(x(sample.seconds)), number === undefined ? undefined : fixed(y(number))];
    if (height === undefined) last = undefined;
    else if (last === undefined) parts.push(`M${at} ${height}`);
    else parts.push(height === last ? `H${at}` : `H${at}V${height}`);
    last = height;
  }
  return parts.join('');
}

/** The next of 1, 2, 5, 10, … times a power of ten, so that its half is a number to read. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function niceStep(seconds: number): number {
  return [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((step) => step >= seconds) ?? 600;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #3d444d; }
.heading { font-size: 17px; font-weight: 600; fill: #1f2328; }
.facts { font-size: 12px; }
.title { font-weight: 600; }
.axis { font-size: 11px; fill: #59636e; }
.back { fill: #ffffff; stroke: #d1d9e0; }
.load { fill: #0969da; opacity: 0.08; }
path { fill: none; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.main { stroke: #0969da; stroke-width: 2; }
.second { stroke: #bc4c00; stroke-width: 1.5; }
.limit { stroke: #59636e; stroke-width: 1; stroke-dasharray: 5 4; }
@media (prefers-color-scheme: dark) {
  text { fill: #b7bdc8; }
  .heading { fill: #f0f6fc; }
  .axis { fill: #9198a1; }
  .back { fill: #0d1117; stroke: #3d444d; }
  .load { fill: #4493f8; opacity: 0.14; }
  .grid { stroke: #2f3742; }
  .main { stroke: #4493f8; }
  .second { stroke: #f0883e; }
  .limit { stroke: #9198a1; }
}
</style>`;
