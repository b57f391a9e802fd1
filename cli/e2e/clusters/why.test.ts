import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { explain } from '../../observe/build-model.ts';
import type { Cause, Model } from '../../observe/model.ts';
import { openPage, show, startBrowser } from '../../testing/dashboard-browser.ts';
import { newMachine, withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { openDashboard, type OpenDashboard } from '../../testing/open-dashboard.ts';
import { filesOf, type LiveCase } from '../../testing/why-live/case.ts';
import { kustomizationCases } from '../../testing/why-live/flux-cases.ts';
import { helmCases } from '../../testing/why-live/helm-cases.ts';
import { sourceCases } from '../../testing/why-live/source-cases.ts';
import { workloadCases } from '../../testing/why-live/workload-cases.ts';

// One cluster that is broken in many ways at once: real Flux, API server, controllers and scheduler say what is wrong.
// What only a kubelet says is in cli/observe/why/corpus.
let machine: Machine;
let host: Server;
let model: Model;
let hostUrl = '';
let platform = { url: '' };
const known = [...kustomizationCases, ...workloadCases, ...helmCases];
const all = [...known, ...sourceCases('HOST', { url: 'PLATFORM' })].map((each) => [each.name, each] as const);

async function commit(cases: readonly LiveCase[], later: boolean): Promise<void> {
  for (const [path, text] of Object.entries(filesOf(cases, later))) await machine.write(path, text);
  machine.git('add', '--all');
  machine.git('commit', '--message', later ? 'Break the rest' : 'Break it');
  machine.git('push', 'dev');
}

async function look(): Promise<Model> {
  const { document } = await machine.json('status', 'dev', '--whole');
  return (document.data as { model: Model }).model;
}

beforeAll(async () => {
  host = createServer((request, response) => {
    response.writeHead(request.url?.startsWith('/private.git') === true ? 401 : 404).end();
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  machine = await newMachine();
  await withoutBackfill(machine);
  expect((await machine.platform('bootstrap', 'dev', '--engine', 'embedded')).exitCode).toBe(0);
  const spec = ['get', 'gitrepository', 'platform', '-n', 'flux-system', '-o', 'jsonpath={.spec}'];
  platform = JSON.parse(await machine.kubectl(...spec)) as typeof platform;
  const cases = [...known, ...sourceCases(hostUrl, platform)];
  await commit(cases, false);
  const twice = cases.filter(({ later }) => later).map(({ name }) => `kustomization/${name}`);
  const ready = ['wait', '-n', 'flux-system', '--for=condition=Ready', '--timeout=120s'];
  await vi.waitFor(async () => machine.kubectl(...ready, ...twice), { timeout: 150_000, interval: 3_000 });
  await commit(cases, true);
  await vi
    .waitFor(
      async () => {
        model = await look();
        expect(cases.filter((each) => causeOf(each)?.rule !== each.rule).map(({ name }) => name)).toEqual([]);
      },
      { timeout: 180_000, interval: 4_000 },
    )
    .catch(() => undefined); // each case below says itself what is not as it should be
});
afterAll(async () => {
  host.close();
  expect(await machine.dispose()).toEqual([]);
});

function askedIn({ asked, name }: LiveCase): string {
  return asked ?? `Kustomization/flux-system/${name}`;
}

function causeOf(one: LiveCase): Cause | undefined {
  return explain(model, askedIn(one));
}

/** What is said behind the story, without the age. */
function toldIn(sentence: string): string {
  return sentence.replace(/^.*?: /, '').replace(/ \(\d+[smhd]\)$/, '');
}

function expectToSay(sentence: string, { says }: LiveCase): void {
  if (typeof says === 'string') expect(toldIn(sentence)).toBe(says);
  else expect(toldIn(sentence)).toMatch(says);
}

/** The case with the addresses of this run. */
function here(one: LiveCase): LiveCase {
  return sourceCases(hostUrl, platform).find(({ name }) => name === one.name) ?? one;
}

/** Names of pods and ReplicaSets without their random end. */
const plain = (text: string): string => text.replaceAll(/\bweb-[0-9a-z]+(-[0-9a-z]{5})?\b/g, 'web');

describe('the culprit in a cluster that is broken in many ways', () => {
  it.each(all)('%s', (_, one) => {
    const { rule, culprit, next } = here(one);

    const cause = causeOf(one);

    expect(cause, `${askedIn(one)} is Ready`).toBeDefined();
    if (!cause) return;
    expect({ rule: cause.rule, culprit: plain(cause.chain.at(-1) ?? ''), next: plain(cause.next) }).toEqual({
      rule,
      culprit,
      next,
    });
    expectToSay(cause.sentence, here(one));
  });

  it('are thirty at least', () => {
    expect(all.length).toBeGreaterThanOrEqual(30);
  });
});

describe('the page of a cluster that is broken in many ways', () => {
  let browser: Browser;
  let dashboard: OpenDashboard;
  let page: Page;
  beforeAll(async () => {
    [browser, dashboard] = await Promise.all([startBrowser(), openDashboard(machine)]);
    ({ page } = await openPage(browser, dashboard.url));
    await page.waitForSelector('.culprits');
  });
  afterAll(async () => {
    await browser.close();
    await dashboard.close();
  });

  it.each(all)('%s: the culprit is told at once, and is one click away', async (_, one) => {
    const culprit = causeOf(one)?.chain.at(-1) ?? '';
    const { next } = here(one);

    await show(page, 'overview');
    const link = page.locator(`strong a[href$="?${new URLSearchParams({ id: culprit }).toString()}"]`);
    const entry = page.locator('.culprits > li').filter({ has: link });
    expect(await entry.innerText()).toContain(askedIn(one).split('/').at(-1));
    expectToSay(plain(await entry.locator('.why').innerText()), here(one));
    expect(plain(await entry.innerText())).toContain(`Next: ${next}`);

    await link.click();
    await page.waitForSelector(`h1:has-text("${culprit.split('/').at(-1) ?? ''}")`);
    const why = page.locator('section:has(.why)');
    const own = explain(model, culprit) ?? causeOf(one); // each of a circle tells it from where it stands
    const told = async (): Promise<string> => toldIn(await why.locator('.why').innerText());
    await expect.poll(told).toBe(toldIn(own?.sentence ?? '')); // for a moment it says what a new try is doing
    await expect.poll(async () => plain(await why.innerText())).toContain(`Next: ${next}`);
  });
});

describe('the commands that look', () => {
  it('platform why names each culprit once, with all that it holds up', async () => {
    const { exitCode, document } = await machine.json('why', 'dev');

    const culprits = document.data?.['culprits'] as { id: string; holdsUp: string[] }[];
    expect(exitCode).toBe(1);
    expect(culprits.find(({ id }) => id === 'Kustomization/flux-system/crd-missing')?.holdsUp).toEqual(
      expect.arrayContaining(['Kustomization/flux-system/behind', 'Kustomization/flux-system/crd-missing']),
    );
    expect(new Set(culprits.map(({ id }) => id)).size).toBe(culprits.length);
  });

  it('platform why shows the chain of one object, also of a kept status', async () => {
    const file = join(machine.folder, 'snapshot.json');
    writeFileSync(file, (await machine.platform('status', 'dev', '--whole', '--json')).stdout);

    const live = await machine.platform('why', 'dev', 'behind');
    const kept = await machine.platform('why', '--from', file, 'behind');

    expect(live).toMatchObject({ exitCode: 1, stderr: '' });
    expect(live.stdout).toContain('behind waits for crd-missing: the cluster knows no Widget');
    expect(kept.stdout).toContain('behind waits for crd-missing: the cluster knows no Widget');
    expect(await machine.json('why', 'dev', 'ks/trades')).toMatchObject({ exitCode: 0 });
  });

  it('platform tree goes from the source to a pod', async () => {
    const { stdout } = await machine.platform('tree', 'dev', '--all');

    expect(stdout).toMatch(/✔ GitRepository platform\n└─ .* Kustomization platform/);
    expect((await machine.platform('tree', 'dev')).stdout).toMatch(/… \d+ more of kind Kustomization/);
    expect(stdout).toMatch(
      /Deployment ml\/trades\n.*ReplicaSet ml\/trades-\S+\n.*Pod ml\/trades-\S+\n.*container trades/,
    );
    expect(await machine.json('tree', 'dev', 'trades')).toMatchObject({
      exitCode: 0,
      document: { data: { tree: [{ id: 'Kustomization/flux-system/trades' }] } },
    });
  });

  it('platform order fails on the circle, and names it', async () => {
    const { exitCode, document } = await machine.json('order', 'dev');

    expect({ exitCode, cycles: (document.data as { order: Model['order'] }).order.cycles }).toEqual({
      exitCode: 1,
      cycles: [['Kustomization/flux-system/circle-one', 'Kustomization/flux-system/circle-two']],
    });
    expect((await machine.platform('order', 'dev')).stdout).toContain('circle-one → circle-two → circle-one');
  });

  it('platform events has the warnings about an object and what is below it', async () => {
    const { exitCode, document } = await machine.json(
      'events',
      'dev',
      'ks/quota',
      '--warnings',
      '--since',
      '1h',
    );

    const events = document.data?.['events'] as { reason: string; about: string }[];
    expect(exitCode).toBe(0);
    expect(events.map(({ reason }) => reason)).toContain('FailedCreate');
    expect(events.every(({ about }) => about.includes('/quota'))).toBe(true);
  });

  it('platform explain goes from a live field back to values and commit', async () => {
    const { exitCode, document } = await machine.json('explain', 'dev', 'deploy/trades', 'spec.replicas');

    expect({ exitCode, data: document.data }).toMatchObject({
      exitCode: 0,
      data: {
        live: { value: 1, managers: [{ name: 'kustomize-controller' }] },
        git: { value: 1 },
        appliedBy: 'Kustomization/flux-system/trades',
        origins: [
          {
            file: 'apps/trades/overlays/dev/kustomization.yaml',
            values: [{ key: 'apps.trades.replicas', from: 'written' }],
          },
        ],
      },
    });
    // The Kustomization of that name, which is meant first, has no such field.
    const text = await machine.platform('explain', 'dev', 'trades', 'spec.replicas');
    expect(text.stdout).toMatch(/value +clusters\/dev\/values\.yaml:\d+:\d+ +apps\.trades\.replicas: 1\n/);
  });
});
