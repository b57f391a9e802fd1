import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { repositoryRoot } from './repository-root.ts';

/** Debian's own Chromium, or the one that CHROMIUM names. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`there is no ${executablePath}: apt-get install chromium, or set CHROMIUM`);
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // it refuses root otherwise
  return chromium.launch({ executablePath, args: sandbox });
}

/** What went wrong in a page, and what it asked others than its own server for. */
export interface Watched {
  readonly page: Page;
  readonly trouble: string[];
  readonly requests: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<Watched> {
  const { colorScheme = 'light', width = 1280 } = options;
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const [trouble, requests]: [string[], string[]] = [[], []];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await page.waitForSelector('main h1');
  return { page, trouble, requests };
}

/** Keeps a picture in dist/screenshots, for people. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join(repositoryRoot, 'dist/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Goes to a view by its address, without the `#/`. */
export async function show(page: Page, view: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/${view}`);
  await page.waitForSelector(`main.view-${view.split('?')[0] ?? ''}`);
}
