import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { runK6 } from '../loadtest/run-k6.ts';
import { systemClock } from '../ports/clock.ts';
import { guardWith } from '../ports/guard.ts';
import { startTimeOf } from '../ports/processes.ts';
import { bundledScript } from '../testing/bundled-script.ts';
import { processesOf } from '../testing/e2e-processes.ts';
import { toolDeps } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { locateTool, toolLocator } from '../toolchain/locate-tool.ts';

// The real k6 against a server of this machine; the way to a pod, and an autoscaler, have a test of kind.
const guard = guardWith(toolLocator(toolDeps));
let server: Server;
let url: string;
let answers: number;

beforeAll(async () => {
  await locateTool(toolDeps, 'k6'); // built at most once on a machine
  server = createServer(({ url: path }, response) => {
    answers += 1;
    response.writeHead(path === '/broken' || answers % 10 === 0 ? 503 : 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
beforeEach(() => void (answers = 0));
afterAll(() => server.close());

const deps = (interrupted = new AbortController().signal) => ({ guard, clock: systemClock, interrupted });

it('sends what was asked for, and tells errors and latencies', async () => {
  const sent: number[] = [];
  // Where the machine stands still at the end of a load, that one is short: one of several is whole.
  while (sent.length < 4 && Math.max(...sent) < 190) {
    answers = 0;
    const counts: number[] = [];

    const { requests, latencyMs } = await runK6(
      deps(),
      { requestsPerSecond: 50, loadMs: 4_000 },
      `${url}/`,
      await temporaryTree({}),
      (count) => counts.push(count),
    );

    expect(requests.sent).toBe(answers);
    expect(requests.sent).toBeLessThanOrEqual(201);
    expect(requests).toMatchObject({ failed: Math.floor(answers / 10), status4xx: 0, noAnswer: 0 });
    expect(requests.status5xx).toBe(requests.failed);
    expect(latencyMs?.min).toBeGreaterThan(0);
    expect(latencyMs?.p99).toBeGreaterThanOrEqual(latencyMs?.median ?? Infinity);
    expect(counts.length).toBeGreaterThan(0);
    sent.push(requests.sent);
  }
  console.log(`of 200 requests were sent: ${sent.join(', ')}`);
  expect(Math.max(...sent)).toBeGreaterThanOrEqual(190);
});

it('counts requests that nobody answers', async () => {
  const plan = { requestsPerSecond: 20, loadMs: 1_000 };
  const { requests } = await runK6(
    deps(),
    plan,
    'http://127.0.0.1:1/',
    await temporaryTree({}),
    () => undefined,
  );

  expect(requests.sent).toBeGreaterThan(0);
  expect(requests).toMatchObject({ failed: requests.sent, noAnswer: requests.sent });
});

it('gives what was measured until it was stopped', async () => {
  const stop = new AbortController();
  const running = runK6(
    deps(stop.signal),
    { requestsPerSecond: 50, loadMs: 120_000 },
    `${url}/`,
    await temporaryTree({}),
    () => undefined,
  );
  await vi.waitFor(() => expect(answers).toBeGreaterThan(20), 30_000);
  stop.abort();

  const { requests } = await running;

  expect(requests.sent).toBeGreaterThan(20);
  expect(requests.sent).toBeLessThan(3_000); // of the 6000 that the load has
});

it('does not outlive a command that is killed', async () => {
  const folder = await temporaryTree({});
  const script = await bundledScript(`import { runK6 } from '../loadtest/run-k6.ts';
import { guardWith } from '../ports/guard.ts';
import { systemClock } from '../ports/clock.ts';
const deps = { guard: guardWith(async () => ${JSON.stringify(await locateTool(toolDeps, 'k6'))}), clock: systemClock, interrupted: new AbortController().signal };
await runK6(deps, { requestsPerSecond: 20, loadMs: 120_000 }, ${JSON.stringify(`${url}/`)}, ${JSON.stringify(folder)}, () => undefined);`);
  const parent = spawn(process.execPath, [script], { stdio: 'ignore' });
  await vi.waitFor(() => expect(answers).toBeGreaterThan(5), 30_000);
  const [k6] = processesOf(folder).filter(({ args }) => args.includes('k6'));
  expect(k6).toBeDefined();

  parent.kill('SIGKILL');

  await vi.waitFor(async () => expect(await startTimeOf(k6?.pid ?? 0)).toBeUndefined(), 10_000);
  const before = answers;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(answers).toBe(before);
});
