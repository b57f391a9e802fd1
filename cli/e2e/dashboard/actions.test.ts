/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionOutcome, ActionRequest } from '../../dashboard/action-data.ts';
import type { Actions } from '../../dashboard/actions.ts';
import { PlatformError } from '../../errors/platform-error.ts';
import { keepPicture, openPage, startBrowser } from '../../testing/dashboard-browser.ts';
import { hostile, storyObjects } from '../../testing/dashboard-fixture.ts';
import { builtPage, servedFixture, type ServedFixture } from '../../testing/dashboard-served.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const infra = 'Kustomization/flux-system/infra';
const asked: ActionRequest[] = [];

/** What a cluster would make of it: trades fails, prediction-api was changed meanwhile. */
const actions: Actions = {
  act: async (request): Promise<ActionOutcome> => {
    asked.push(request);
    const { id } = request;
    if (id.endsWith('/prediction-api')) throw new PlatformError('OBJECT_CHANGED', 'another version', 'Look');
    const done = !id.endsWith('/trades');
    const message = done ? 'Applied revision' : `health check failed ${hostile}`;
    return {
      id,
      done,
      message,
      seconds: 1.5,
      warnings: [],
      ...(done ? {} : { next: 'platform why dev trades' }),
    };
  },
  missing: async () => ({}),
};

const objects = storyObjects().map((object) => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: '7' },
}));

let browser: Browser;
let home: string;
let served: ServedFixture;

beforeAll(async () => {
  [browser, home] = await Promise.all([startBrowser(), builtPage()]);
  served = await servedFixture(home, objects, { actions });
});
beforeEach(() => void asked.splice(0));
afterAll(async () => {
  await browser.close();
  await served.close();
});

async function open(
  hash: string,
  to = served,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; trouble: string[] }> {
  const { page, trouble } = await openPage(browser, to.url, { colorScheme });
  await page.waitForSelector('.live');
  await page.evaluate((where) => (location.hash = where), hash);
  await page.waitForSelector(`main.view-${hash.slice(2).split('?')[0] ?? ''}`);
  return { page, trouble };
}

it('reconciles by the key r, shows the command that does the same, and tells the outcome', async () => {
  const { page } = await open(`#/object?id=${infra}`);
  await page.waitForSelector('button:has-text("Reconcile")');
  await page.keyboard.press('r');
  await page.waitForSelector('dialog .outcome:has-text("Done after 1.5 s: Applied revision")');
  expect(await page.textContent('dialog code')).toBe(`platform reconcile dev ${infra}`);
  expect(asked).toEqual([
    { verb: 'reconcile', id: infra, uid: 'Kustomization-infra', resourceVersion: '7', confirm: 'yes' },
  ]);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.close();
});

it('suspends only with a reason, and after it was asked', async () => {
  const { page } = await open(`#/object?id=${infra}`);
  await page.click('button:has-text("Suspend …")');
  expect(await page.isDisabled('dialog button[type=submit]')).toBe(true);
  await page.keyboard.press('Enter');
  expect(asked).toEqual([]);
  await page.fill('dialog label:has-text("Why") input', "it's moving");
  await page.fill('dialog label:has-text("Until") input', '2h');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog .outcome');
  expect(await page.textContent('dialog code')).toBe(
    `platform suspend dev ${infra} --reason 'it'\\''s moving' --until 2h`,
  );
  expect(asked).toMatchObject([{ verb: 'suspend', reason: "it's moving", until: '2h', confirm: 'yes' }]);
  await page.close();
});

it('acts on all that was chosen in the tree, asks before, and tells of each what became of it', async () => {
  const { page, trouble } = await open('#/tree?show=all&q=kind:kustomization');
  await page.focus('#list');
  const count = await page.locator('[role=treeitem]').count();
  await page.keyboard.press('Home');
  for (let at = 0; at < count; at += 1) {
    await page.keyboard.press('x');
    await page.keyboard.press('j');
  }
  const chosen = await page.locator('[role=treeitem][aria-checked=true]').count();
  expect(chosen).toBeGreaterThan(5);
  await page.keyboard.press('r');
  await page.waitForSelector('dialog button[type=submit]');
  expect(asked).toEqual([]);
  await page.click('dialog button[type=submit]');
  await page.waitForSelector(`dialog [role=status]:has-text("${chosen - 2} of ${chosen} done.")`);
  expect(await page.textContent('dialog li:has-text("/prediction-api") .bad')).toBe(
    'Not done: it was changed meanwhile, look again; nothing was done',
  );
  expect(await page.textContent('dialog li:has-text("/trades") .bad')).toContain(hostile);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(chosen);
  expect(trouble.filter((text) => !text.includes('409'))).toEqual([]);
  await keepPicture(page, 'actions-light');
  await page.close();
});

it('wants the name of a protected environment typed, for everything', async () => {
  const prod = await servedFixture(home, objects, { actions }, { environment: 'prod', protected: true });
  const { page } = await open(`#/object?id=${infra}`, prod);
  await page.click('button:has-text("Reconcile")');
  await page.fill('dialog input', 'dev');
  expect(await page.isDisabled('dialog button[type=submit]')).toBe(true);
  expect(asked).toEqual([]);
  await page.fill('dialog input', 'prod');
  await page.click('dialog button[type=submit]');
  await page.waitForSelector('dialog .outcome');
  expect(asked).toMatchObject([{ verb: 'reconcile', confirm: 'prod' }]);
  await page.close();
  await prod.close();
});

it('runs a stage of the backfill again from its Job', async () => {
  const { page } = await open('#/jobs');
  await page.click('button:has-text("Run again …")');
  expect(await page.textContent('dialog code')).toBe('platform backfill rerun dev --from 1-trades');
  await page.click('dialog button[type=submit]');
  await page.waitForSelector('dialog .outcome');
  expect(asked).toMatchObject([{ verb: 'rerun', id: 'Kustomization/flux-system/backfill-1-trades' }]);
  await page.close();
});

it('disables what the user may not do, and says which right is missing', async () => {
  const right = 'patch kustomizations.kustomize.toolkit.fluxcd.io in flux-system';
  const missing = async () => ({ 'Kustomization/flux-system': [right] });
  const limited = await servedFixture(home, objects, { actions: { ...actions, missing } });
  const { page } = await open(`#/object?id=${infra}`, limited);
  await page.waitForSelector(`.actions:has-text("you may not ${right}")`);
  for (const button of await page.locator('.actions button').all())
    expect(await button.isDisabled()).toBe(true);
  await page.keyboard.press('r');
  await page.waitForSelector('dialog .alert');
  expect(await page.isDisabled('dialog button[type=submit]')).toBe(true);
  expect(asked).toEqual([]);
  await page.close();
  await limited.close();
});

it('shows no button and takes no key where the server only shows', async () => {
  const readOnly = await servedFixture(home, objects, {});
  const { page } = await open(`#/object?id=${infra}`, readOnly);
  await page.keyboard.press('r');
  for (const view of ['object?id=' + infra, 'jobs', 'tree?show=all']) {
    await page.evaluate((hash) => (location.hash = `#/${hash}`), view);
    await page.waitForSelector(`main.view-${view.split('?')[0] ?? ''}`);
    expect(await page.locator('dialog, .actions, .pick, main td button').count()).toBe(0);
  }
  await page.close();
  await readOnly.close();
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('has no fault that axe finds, with a dialog open and lines chosen', async () => {
    const { page } = await open(`#/object?id=${infra}`, served, colorScheme);
    const source = await readFile(axe, 'utf8');
    await page.evaluate(source); // by the debugger, which the policy of the page does not bind
    const faults = async (): Promise<string[]> =>
      page.evaluate(async () => {
        const { axe: tool } = window as unknown as {
          axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations } = await tool.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120) ?? ''}`);
      });
    expect(await faults()).toEqual([]);
    await page.click('button:has-text("Suspend …")');
    await page.waitForSelector('dialog');
    expect(await faults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.evaluate(() => (location.hash = '#/tree?show=all'));
    await page.focus('#list');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.waitForSelector('[aria-checked=true]');
    expect(await faults()).toEqual([]);
    await page.close();
  });
});
