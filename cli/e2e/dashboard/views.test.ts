/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { storyAnswers } from '../../testing/dashboard-answers.ts';
import { openPage, show, startBrowser } from '../../testing/dashboard-browser.ts';
import { storyObjects } from '../../testing/dashboard-fixture.ts';
import { builtPage, servedFixture, type ServedFixture } from '../../testing/dashboard-served.ts';

let browser: Browser;
let home: string;
let served: ServedFixture;

beforeAll(async () => {
  [browser, home] = await Promise.all([startBrowser(), builtPage()]);
  served = await servedFixture(home, storyObjects(), storyAnswers);
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

it('shows each workload in each environment, and how far that is behind', async () => {
  const { page } = await openPage(browser, served.url);
  await show(page, 'matrix');
  const cells = page.locator('tr:has-text("Deployment") td.cell');
  await cells.first().waitFor();
  expect(await cells.allInnerTexts()).toEqual([
    expect.stringMatching(/^0\.3\.0\s+✔.*Ready.*aaaaaaa, .*still runs 0\.2\.0/s),
    expect.stringMatching(/^0\.1\.0 ×2\s.*−2 changes behind dev/s),
    expect.stringMatching(/^0\.1\.0.*as stage/s),
  ]);
  await page.waitForSelector(
    'li:has-text("prod: only what git says, because this machine reaches no cluster of it")',
  );
  await page.close();
});

it('shows what applying would change in the cluster, where the server may ask for a dry-run', async () => {
  const { page } = await openPage(browser, served.url);
  await show(page, 'diff');
  await page.selectOption('select', 'live');
  await page.waitForSelector('.field:has-text("spec.replicas"):has-text("5")');
  await page.waitForSelector('li:has-text("ConfigMap/ml/a: the server answers 403")');
  await page.close();
  const readOnly = await servedFixture(home, storyObjects(), { diff: async () => [] });
  const other = await openPage(browser, readOnly.url);
  await show(other.page, 'diff?base=live');
  await other.page.waitForSelector('select');
  expect(await other.page.locator('option[value=live]').count()).toBe(0);
  expect(other.requests.filter((url) => url.includes('/api/drift'))).toEqual([]);
  await other.page.close();
  await readOnly.close();
});

it('shows how the newest commit came into the cluster, hop by hop, and into others', async () => {
  const { page } = await openPage(browser, served.url);
  await show(page, 'delivery');
  await page.waitForSelector('text=“Trade more pairs”, Ada');
  const hops = await page.locator('.hops li').allInnerTexts();
  expect(hops.map((text) => text.replaceAll(/\s+/g, ' ').replace(/ ?\d{4}-.*$/, ''))).toEqual([
    'committed',
    '3.0 s fetched by Flux',
    '1.0 s first Kustomization began',
    '16 s all applied',
  ]);
  await page.waitForSelector('text=It is not rolled out whole: 1 of 4 have an earlier commit.');
  expect(await page.locator('.span-bar').count()).toBe(2);
  await page.selectOption('select', 'stage');
  await page.waitForSelector('text=Flux has fetched nothing yet.');
  expect(page.url()).toContain('#/delivery?env=stage');
  await page.close();
});
