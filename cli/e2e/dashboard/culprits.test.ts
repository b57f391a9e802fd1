import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Model } from '../../observe/model.ts';
import { keepPicture, openPage, show, startBrowser } from '../../testing/dashboard-browser.ts';
import { builtPage, servedModels, type ServedModels } from '../../testing/dashboard-served.ts';
import { recordedCases, recordedModel, withoutRandomEnds } from '../../testing/recorded-cases.ts';

// Somebody who has never seen the system reads what stands first, and clicks the first thing there that can be clicked.

const height = 800;
const cases = recordedCases();
let browser: Browser;
let served: ServedModels;
let page: Page;

beforeAll(async () => {
  const [started, home] = await Promise.all([startBrowser(), builtPage()]);
  browser = started;
  const [first] = cases;
  if (!first) throw new Error('there is no recorded case');
  served = await servedModels(home, recordedModel(...first));
  ({ page } = await openPage(browser, served.url));
  await page.waitForSelector('.live');
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

/** What is read without scrolling; fails where a part of it lies below the window. */
async function readInSight(part: Locator): Promise<string> {
  const box = await part.boundingBox();
  expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
  return withoutRandomEnds(await part.innerText());
}

function culpritOf(model: Model): { kind: string; name: string } {
  const [kind = '', , name = ''] =
    model.items
      .find(({ id }) => id.endsWith('/front'))
      ?.cause?.chain.at(-1)
      ?.split('/') ?? [];
  return { kind, name };
}

it.each(cases)(
  '%s: culprit, reason and next command are seen at once, and its own page is one click away',
  async (name, recorded) => {
    const { culprit, says, next } = recorded.expect;
    const model = recordedModel(name, recorded);
    const { kind, name: own } = culpritOf(model);
    expect(kind).toBe(culprit);

    await show(page, 'overview');
    served.turnTo(model);
    const first = page.locator('.culprits > li').first();
    await first.locator(`p:has-text("${name}/${own}")`).first().waitFor();
    const seen = await readInSight(first);
    expect(seen).toContain(`${kind} ${name}/${withoutRandomEnds(own)}: ${says}`);
    expect(seen).toContain(`Next: ${next}`);

    await first.locator('a').first().click();
    await page.waitForSelector(`h1:has-text("${own}")`);
    const why = await readInSight(page.locator('section:has(.why)'));
    expect(why).toContain(says);
    expect(why).toContain(`Next: ${next}`);
  },
);

it('the way by what waits, over the chain, is two clicks', async () => {
  const [name, recorded] = cases.find(([each]) => each === 'crash-exit-code') ?? cases[0]!;
  const model = recordedModel(name, recorded);
  served.turnTo(model);
  await show(page, 'overview');
  await page.click('.culprits a:has-text("front")');
  await page.waitForSelector('h1:has-text("front")');
  await keepPicture(page, 'why-it-waits');
  await page.locator('section:has(.why) .crumbs a').last().click();
  await page.waitForSelector(`h1:has-text("${culpritOf(model).name}")`);
  await page.waitForSelector('h2:has-text("Containers")');
  await keepPicture(page, 'culprit');
});
