/// <reference lib="dom" />
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Actions } from '../../dashboard/actions.ts';
import type { LogLine } from '../../observe/app-story.ts';
import type { KubeObject } from '../../ports/kube.ts';
import { openPage, startBrowser } from '../../testing/dashboard-browser.ts';
import { storyAnswers, storyDelivery, storyMatrix } from '../../testing/dashboard-answers.ts';
import { hostile, storyObjects } from '../../testing/dashboard-fixture.ts';
import { builtPage, servedFixture, type ServedFixture } from '../../testing/dashboard-served.ts';
import { repositoryRoot } from '../../testing/repository-root.ts';
import { now } from '../../testing/cluster-objects.ts';

// The pictures of docs/dashboard.md: `npm run update:pictures` writes them, otherwise they go to dist/screenshots.

const mostBytes = 60_000;
const update = process.env['UPDATE_PICTURES'] !== undefined;
const shift = Date.now() - now;

/** The story as if it were told now, without what only tests are about. */
function today<Story>(story: Story): Story {
  const text = JSON.stringify(story)
    .replaceAll(JSON.stringify(hostile).slice(1, -1), '')
    .replaceAll(/2026-01-01T\d\d:\d\d:\d\dZ/g, (time) => new Date(Date.parse(time) + shift).toISOString());
  return JSON.parse(text) as Story;
}

const actions: Actions = {
  act: async ({ id }) => ({
    id,
    done: true,
    message: `It is suspended until ${new Date(Date.now() + 7_200_000).toISOString()}. Nothing resumes it by itself.`,
    seconds: 0.1,
    warnings: [],
    next: `platform resume dev ${id}`,
  }),
  missing: async () => ({}),
};

const said = (time: string, from: string, text: string, level: LogLine['level'] = 'info'): LogLine => ({
  at: `2026-01-01T${time}Z`,
  from,
  level,
  text,
});
const storyLines = [
  said('11:56:01', 'Pod trades-1-x', 'connected to kafka:9092 as trades'),
  said('11:56:02', 'Pod trades-1-x', 'subscribed to 12 partitions of trades.raw'),
  said('11:57:40', 'Pod trades-1-x', 'the broker closed the connection; next try in 2 s', 'warning'),
  said('11:57:42', 'Pod trades-1-x', 'connected to kafka:9092 as trades'),
  said('11:58:00', 'Pod trades-1-x', 'wrote 1840 trades in 12 s'),
  said('11:59:00', 'Pod trades-1-x', 'wrote 1912 trades in 12 s'),
];
const controllerStory = [
  said('11:55:09', 'kustomize-controller prediction-api', 'server-side apply completed'),
  said(
    '11:56:00',
    'kustomize-controller prediction-api',
    'Reconciler error: timeout waiting for: [Deployment/ml/prediction-api status: InProgress]',
    'error',
  ),
];

let browser: Browser;
let served: ServedFixture;

beforeAll(async () => {
  const [started, home] = await Promise.all([startBrowser(), builtPage()]);
  browser = started;
  const objects: KubeObject[] = today(storyObjects()).map((object) => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: '7' },
  }));
  served = await servedFixture(home, objects, {
    object: (id) => {
      const found = objects.find(
        ({ kind, metadata }) => id === [kind, metadata.namespace, metadata.name].join('/'),
      );
      return { id, yaml: stringify(found) };
    },
    logs: async () => today({ simulated: false, lines: storyLines }),
    lines: async () => today(controllerStory),
    diff: async () => [],
    drift: async () => today(await storyAnswers.drift?.()) ?? { changes: [], notes: [] },
    matrix: async () => today(storyMatrix),
    delivery: async () => today(storyDelivery),
    git: async () => ({ head: 'a'.repeat(40), branch: 'main', uncommitted: 0, applied: 'a'.repeat(40) }),
    actions,
  });
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

it.each([
  ['overview', '#/overview', '.culprits'],
  ['tree', '#/tree?show=all', '[role=tree]'],
  ['order', '#/order', '.waves'],
  ['diff', '#/diff?base=live', '.field'],
  ['matrix', '#/matrix', 'td.cell'],
  ['delivery', '#/delivery', '.hops'],
  ['jobs', '#/jobs', 'table'],
  ['images', '#/images', 'table'],
  ['secrets', '#/secrets', 'table'],
  ['events', '#/events', 'table'],
  ['logs', '#/logs', '.log-line'],
  ['object', '#/object?id=Kustomization/flux-system/prediction-api', 'h2:has-text("YAML")'],
] as const)('draws %s', async (name, hash, whole) => {
  const { page } = await openPage(browser, served.url, { width: 1100 });
  const most = name === 'object' ? 840 : 600;
  await page.setViewportSize({ width: 1100, height: most });
  await page.waitForSelector('.live');
  await page.evaluate((where) => (location.hash = where), hash);
  await page.waitForSelector(`main.view-${name} ${whole}`);
  if (name === 'tree') {
    await page.click('[role=treeitem]:has-text("Kustomization infra") .pick');
    await page.click('.actions button:has-text("Suspend …")');
    await page.fill('dialog label:has-text("Why") input', 'the broker moves');
    await page.fill('dialog label:has-text("Until") input', '2h');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog .outcome');
  }
  const end = await page.evaluate(
    () => document.querySelector('main > :last-child')?.getBoundingClientRect().bottom,
  );
  const clip = { x: 0, y: 0, width: 1100, height: Math.min(most, Math.ceil((end ?? most) + 16)) };
  const picture = await smallPicture((await page.screenshot({ clip })).toString('base64'));
  const folder = join(repositoryRoot, update ? 'docs/pictures' : 'dist/screenshots');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.webp`), picture);
  expect(picture.length).toBeLessThan(mostBytes);
  expect(await readFile(join(repositoryRoot, 'docs/dashboard.md'), 'utf8')).toContain(
    `pictures/${name}.webp`,
  );
  await page.close();
});

/** WebP, as the browser writes it: a third of the PNG. */
async function smallPicture(png: string): Promise<Buffer> {
  const page = await browser.newPage();
  const written = await page.evaluate(async (given) => {
    const image = new Image();
    image.src = `data:image/png;base64,${given}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.7);
  }, png);
  await page.close();
  return Buffer.from(written.split(',')[1] ?? '', 'base64');
}
