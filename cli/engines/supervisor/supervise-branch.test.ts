import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../ports/clock.ts';
import { freePorts } from '../../ports/loopback.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { defaultTiming } from './plan.ts';
import { supervise } from './supervise.ts';

const timing = { ...defaultTiming, firstBackOff: 20, longestBackOff: 40, pollBranchEvery: 20 };

it('follows the branch again after it could not be read, and asks Flux to look once', async () => {
  const folder = await temporaryTree({});
  const requests: string[] = [];
  const api = createServer((request, response) => {
    requests.push(request.method ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void api.close());
  const branch = join(folder, 'r.git/refs/heads/main');
  await mkdir(branch, { recursive: true }); // cannot be read as a file
  await mkdir(join(folder, 'run'));
  const [port] = await freePorts(1);
  const git = {
    name: 'r',
    repository: join(folder, 'r.git'),
    branch: 'main',
    username: 'git',
    password: 'p',
  };
  const notify = { url: `http://127.0.0.1:${String((api.address() as AddressInfo).port)}/` };
  const plan = { formatVersion: 1, parts: [], git: { ...git, env: {}, port }, notify };
  await writeFile(join(folder, 'run/supervisor.json'), JSON.stringify(plan));
  const stopping = new AbortController();

  const done = supervise({
    directory: join(folder, 'run'),
    timing,
    clock: systemClock,
    stopping: stopping.signal,
  });
  const events = async (): Promise<string> =>
    readFile(join(folder, 'run/events.log'), 'utf8').catch(() => '');
  await expect.poll(events).toMatch(/cannot follow main \(.*EISDIR.*\); tries again in 20 ms/);
  await rm(branch, { recursive: true });
  await writeFile(branch, `${'1'.repeat(40)}\n`);
  await expect.poll(() => requests).toContain('PATCH');

  // what is pushed before it has begun anew is no move for it, so that the first of these may not be one
  const commits = ['2', '3', '4', '5'].map((digit) => digit.repeat(40));
  await expect
    .poll(
      async () => {
        const next = commits.shift();
        if (next !== undefined) await writeFile(branch, `${next}\n`);
        return events();
      },
      { interval: 200 },
    )
    .toMatch(/main is at \d{40}; asked Flux to fetch it/);
  stopping.abort();
  await done;
});
