import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LoadTest } from '../../loadtest/load-test.ts';
import { pictureMark } from '../../loadtest/picture-file.ts';
import { withoutBackfill, type Machine } from '../../testing/e2e-machine.ts';
import { processesOf } from '../../testing/e2e-processes.ts';
import { docker, newKindMachine } from '../../testing/kind-machine.ts';
import { installMetricsServer } from '../../testing/metrics-server.ts';

// What stands around apps, with real pods on one cluster: Secrets out of git, and metrics-server with Kubernetes' autoscaler under a
// real load.
const values = 'clusters/dev/values.yaml';
const fixed = 'replicas: 1\n    logLevel: debug\n    # after';
const password = randomUUID();
let machine: Machine;

beforeAll(async () => {
  machine = await newKindMachine('kindscale');
  await withoutBackfill(machine);
  await machine.edit(values, fixed, 'replicas: 2\n    logLevel: warn\n    # after');
  const provided = 'components: { metrics-server: { provided: true } }'; // by the test, out of its Go module
  await machine.edit(values, 'engine: auto', `${provided}\nengine: auto`);
  expect((await machine.platform('secrets', 'init', 'dev')).exitCode).toBe(0);
  execFileSync(
    join(machine.clone, 'platform'),
    ['secrets', 'set', 'dev', 'prediction-api-database', 'password'],
    {
      cwd: machine.clone,
      env: machine.env,
      input: password,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  expect((await machine.platform('render', 'dev')).exitCode).toBe(0);
  machine.git('add', '--all');
  machine.git('commit', '--message', 'Two pods, and their password');
  const { exitCode, stderr } = await machine.platform('bootstrap', 'dev');
  expect(exitCode, stderr).toBe(0);
  await installMetricsServer(machine, 'kindscale-dev', 'ml');
});
afterAll(async () => expect(await machine.dispose()).toEqual([]));

/** Uids of the pods that are not on their way out, sorted. */
async function pods(): Promise<string[]> {
  const label = '--selector=app.kubernetes.io/name=prediction-api';
  const list = await machine.kubectl('get', 'pods', '--namespace=ml', label, '--output=json');
  const { items } = JSON.parse(list) as {
    items: { metadata: { uid: string; deletionTimestamp?: string } }[];
  };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.uid)
    .sort();
}

/** k6 and kubectl of the machine, and the readers beside them: all that a load test runs. */
function senders(): string[] {
  return processesOf(machine.folder)
    .map(({ args }) => args)
    .filter((args) => /k6 run|kubectl proxy/.test(args));
}

it('gives a pod the Secret that lies encrypted in git', () => {
  // The image has no shell: the node sees the processes of its pods, and what they were started with.
  const find =
    'for p in /proc/[0-9]*; do tr "\\0" "\\n" 2>/dev/null < $p/environ; done | grep ^DATABASE_PASSWORD= | sort -u';
  expect(docker('exec', 'kindscale-dev-control-plane', 'sh', '-c', find).trim()).toBe(
    `DATABASE_PASSWORD=${password}`,
  );
  expect(machine.said.join('')).not.toContain(password);
});

it('says that a number of pods is fixed, and what requests cost then', async () => {
  const { exitCode, document } = await machine.json(
    'loadtest',
    'prediction-api',
    '--rps',
    '20',
    '--for',
    '5s',
  );

  expect(document).toMatchObject({
    ok: true,
    data: { path: '/health', autoscaler: null, requests: { failed: 0 }, interrupted: false },
  });
  expect(exitCode).toBe(0);
});

it('drops no pod when autoscaling is switched on, and answers all the while', async () => {
  const before = await pods();
  expect(before).toHaveLength(2);
  const asking = machine.json('loadtest', 'prediction-api', '--rps', '10', '--for', '30s');

  await machine.edit(
    values,
    'replicas: 2',
    'replicas: 2\n    autoscaling: { kind: hpa, min: 2, max: 5, cpuPercent: 20 }',
  );
  const { exitCode, stderr } = await machine.platform('deploy', 'dev', '--yes');
  expect(exitCode, stderr).toBe(0);

  expect(await pods()).toEqual(before);
  expect((await asking).document).toMatchObject({ ok: true, data: { requests: { failed: 0 } } });
  expect(await pods()).toEqual(before);
});

it('makes more pods under a load, and takes them away after it', async () => {
  // Five minutes of little use, by default, until the first pod goes: nobody wants to wait for that here.
  const window = { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 15 } } } };
  await machine.kubectl(
    'patch',
    'hpa',
    'prediction-api',
    '--namespace=ml',
    `--patch=${JSON.stringify(window)}`,
  );
  // LOADTEST_SVG=docs/pictures/autoscaling.svg makes the picture of docs/autoscaling.md
  const picture = process.env['LOADTEST_SVG'] ?? join(machine.folder, 'load.svg');

  const { exitCode, document, stderr } = await machine.json(
    'loadtest',
    'prediction-api',
    ...['--rps', '100', '--for', '100s', '--watch', '140s', '--path', '/predictions', '--svg', picture],
  );

  expect(exitCode, stderr).toBe(0);
  const { timeline, autoscaler, requests, latencyMs } = document.data as unknown as LoadTest;
  console.log(`100 requests/s: ${JSON.stringify({ requests, latencyMs })}`);
  expect(autoscaler).toEqual({ kind: 'HorizontalPodAutoscaler', name: 'prediction-api', min: 2, max: 5 });
  expect(timeline[0]).toMatchObject({ wanted: 2, ready: 2 });
  expect(Math.max(...timeline.map(({ ready }) => ready))).toBeGreaterThan(2);
  expect(timeline.some(({ metrics }) => (metrics[0]?.current ?? 0) > 20)).toBe(true);
  expect(timeline.at(-1)).toMatchObject({ wanted: 2 });
  expect((await readFile(picture, 'utf8')).startsWith(pictureMark)).toBe(true);
});

describe('a load test that is ended', () => {
  const begin = async () => {
    const running = machine.start('loadtest', 'prediction-api', '--rps', '20', '--for', '5m');
    await running.says('send 20 requests/s');
    await vi.waitFor(() => expect(senders()).toHaveLength(4), 30_000);
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // some answers
    return running;
  };

  it('by Ctrl-C prints what it measured until then', async () => {
    const running = await begin();
    running.child.kill('SIGINT');

    const { exitCode, stdout } = await running.ended;

    expect(stdout).toContain('stopped early');
    expect(stdout).toMatch(/requests +\d+ sent/);
    expect(exitCode).toBe(130);
    expect(senders()).toEqual([]);
  });

  it('by SIGKILL leaves no program and no port behind', async () => {
    const running = await begin();
    running.child.kill('SIGKILL');
    await running.ended;

    await vi.waitFor(() => expect(senders()).toEqual([]), 10_000);
  });
});
