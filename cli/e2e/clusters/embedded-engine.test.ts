import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedEngine } from '../../engines/embedded/embedded-engine.ts';
import type { ClusterSpec, Engine, EngineDeps, EngineStatus } from '../../engines/engine.ts';
import { systemClock } from '../../ports/clock.ts';
import { locationsFrom } from '../../ports/locations.ts';
import { isRunning, startTimeOf, type ProcessId } from '../../ports/processes.ts';
import { runWithExeca } from '../../ports/run.ts';
import { fluxObjects } from '../../testing/flux-objects.ts';
import { listeningAddresses } from '../../testing/listening-addresses.ts';
import { toolLocator } from '../../toolchain/locate-tool.ts';

// The engine alone, with real programs, on state of its own; tools come from the user's cache.
const home = join(import.meta.dirname, '../../..');
let folder: string;
let engine: Engine;
let spec: ClusterSpec;
const quiet = (): void => undefined;

const git = (at: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args], {
    cwd: join(folder, at),
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
let kubectl: (args: string[], input?: string) => string;

/** Commits and pushes one ConfigMap; resolves when Flux has applied it. @returns When it was pushed. */
async function pushAndWait(value: string): Promise<number> {
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'pushed', namespace: 'default' },
    data: { value },
  };
  await writeFile(join(folder, 'clone/pushed.yaml'), JSON.stringify(manifest));
  git('clone', 'add', '.');
  git('clone', 'commit', '-m', value);
  const pushed = Date.now();
  git('clone', 'push', 'origin', 'HEAD:main');
  await vi.waitFor(() => expect(applied()).toBe(value), { timeout: 60_000, interval: 50 });
  console.log(`git push -> applied took ${Date.now() - pushed} ms`);
  return pushed;
}
const applied = (): string =>
  kubectl([
    'get',
    'configmap',
    'pushed',
    '--namespace=default',
    '--ignore-not-found',
    '--output=jsonpath={.data.value}',
  ]);

const pidOf = ({ parts }: EngineStatus, name: string): number =>
  parts.find((part) => part.name === name)?.pid ?? 0;
/** By its start, too: a number may be another process's by now, and one that ended has it until its parent has heard of that. */
async function processesOf({ parts }: EngineStatus): Promise<ProcessId[]> {
  const all = parts.flatMap(({ pid }) => pid ?? []);
  expect(all.length).toBeGreaterThan(5);
  return Promise.all(all.map(async (pid) => ({ pid, startTime: (await startTimeOf(pid)) ?? 'ended' })));
}
const running = async (): Promise<EngineStatus> =>
  vi.waitFor(
    async () => {
      const status = await engine.status();
      expect(status).toMatchObject({ state: 'running' });
      return status;
    },
    { timeout: 60_000, interval: 100 },
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded engine '));
  execFileSync('npm', ['run', '--silent', 'build:supervisor'], { cwd: home });
  git('.', 'init', '--bare', '-b', 'main', 'platform.git');
  git('.', 'clone', 'platform.git', 'clone');
  const locations = locationsFrom({
    ...process.env,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: folder,
  });
  const locate = toolLocator({ locations, home });
  const deps: EngineDeps = {
    run: runWithExeca(locate),
    clock: systemClock,
    locations,
    root: home,
    home,
    connect: async () => Promise.reject(new Error('the engine needs no client')),
  };
  engine = embeddedEngine(deps, { client: 'acme', environment: 'dev' });
  spec = {
    repository: join(folder, 'platform.git'),
    environment: {
      name: 'dev',
      client: 'acme',
      git: { branch: 'main' },
      values: { cluster: { nodes: 2, nodeCpu: '4', nodeMemory: '8Gi' } },
    } as ClusterSpec['environment'],
  };
  const { kubeconfig } = await engine.start(spec, quiet);
  const program = await locate('kubectl');
  kubectl = (args, input) =>
    execFileSync(program, ['--kubeconfig', kubeconfig, ...args], { encoding: 'utf8', input });
  await engine.installFlux(spec, quiet);

  const items = fluxObjects(await engine.gitSource(spec));
  kubectl(['apply', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
});
afterAll(async () => {
  await engine.delete(quiet);
  await rm(folder, { recursive: true });
});

describe('the embedded engine', () => {
  it('runs every part, with the nodes of the values', async () => {
    const { parts } = await running();

    expect(parts.map(({ name }) => name)).toEqual(
      'supervisor etcd kube-apiserver kube-controller-manager kube-scheduler kwok source-controller kustomize-controller helm-controller'.split(
        ' ',
      ),
    );
    expect(parts.at(-1)?.state).toBe('idle'); // there is no HelmRelease
    expect(kubectl(['get', 'nodes', '--output=name']).trim().split('\n')).toEqual([
      'node/dev-node-1',
      'node/dev-node-2',
    ]);
  });

  it('starts helm-controller when there is something for it', async () => {
    const release = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' };
    const metadata = { name: 'asleep', namespace: 'default' };
    const chartRef = { kind: 'OCIRepository', name: 'none' };
    const spec = { suspend: true, interval: '1h', chartRef };
    kubectl(['apply', '--filename=-'], JSON.stringify({ ...release, metadata, spec }));

    await vi.waitFor(async () => expect((await engine.status()).parts.at(-1)?.state).toBe('running'), 10_000);
  });

  it('applies what is pushed, the second time without waiting for an interval', async () => {
    await pushAndWait('first');
    const pushed = await pushAndWait('second');

    const path = '--output=jsonpath={.status.lastHandledReconcileAt}';
    const asked = (): string =>
      kubectl(['get', 'gitrepository', 'platform', '--namespace=flux-system', path]);
    // It was asked because of this push: its interval is ten times as long as the wait above.
    await expect.poll(() => Date.parse(asked())).toBeGreaterThanOrEqual(pushed);
  });

  it.runIf(process.platform === 'linux')('listens on loopback only', async () => {
    const pids = (await running()).parts.map(({ pid }) => pid ?? 0);
    const addresses = pids.flatMap(listeningAddresses);

    expect(addresses.length).toBeGreaterThan(8);
    expect(addresses.filter((address) => address !== '0100007F')).toEqual([]);
  });

  it('brings each part back that is killed, and says so', async () => {
    const names = (await running()).parts.map(({ name }) => name).filter((name) => name !== 'supervisor');
    for (const name of names) {
      process.kill(pidOf(await running(), name), 'SIGKILL');
      await vi.waitFor(async () => expect((await engine.status()).state).toBe('degraded'), {
        timeout: 5_000,
      });
    }
    const { parts } = await running();

    expect(parts.filter(({ name }) => names.includes(name))).toEqual(
      names.map((name) => expect.objectContaining({ name, restarts: 1, state: 'running' }) as unknown),
    );
    expect(parts.at(1)?.lastExit?.reason).toBe('signal SIGKILL');
    await pushAndWait('after the kills');
  });

  it('takes over after the supervisor was killed: the data is there, and nothing runs twice', async () => {
    const before = await running();
    const processes = await processesOf(before);
    process.kill(pidOf(before, 'supervisor'), 'SIGKILL');
    await expect.poll(async () => (await engine.status()).state).toBe('degraded');

    await engine.start(spec, quiet);
    await engine.installFlux(spec, quiet);

    expect(applied()).toBe('after the kills');
    for (const one of processes) expect(await isRunning(one)).toBe(false);
    await pushAndWait('after the takeover');
  });

  it('leaves no process when it stops, and has its data when it starts again', async () => {
    const processes = await processesOf(await running());
    await engine.stop(quiet);
    expect((await engine.status()).state).toBe('stopped');
    for (const one of processes) expect(await isRunning(one)).toBe(false);

    await engine.start(spec, quiet);
    expect(applied()).toBe('after the takeover');
    expect(await engine.installFlux(spec, quiet)).toMatch(/done|already/);
    await pushAndWait('after the restart');
  });

  it('says on a second start that all is there, and leaves every process alone', async () => {
    const before = await running();
    await engine.start(spec, quiet);
    expect((await engine.status()).parts.map(({ pid }) => pid)).toEqual(before.parts.map(({ pid }) => pid));
  });

  it('whose data is damaged is not started, and says how to get it from git again', async () => {
    await engine.stop(quiet);
    await truncate(join(folder, 'state/platform/acme/dev/etcd/member/snap/db'), 10_000);

    await expect(engine.start(spec, quiet)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringMatching(/^etcd keeps ending \(exit code \d\); the end of its log:\n/) as string,
      hint: expect.stringMatching(
        /etcd\.log, or, if its data is damaged, .*: platform delete dev --confirm dev && platform bootstrap dev$/,
      ) as string,
    });
    expect((await engine.status()).state).toBe('stopped');
  });

  it('leaves nothing when it is deleted, but the repository', async () => {
    await engine.delete(quiet);

    expect(await engine.status()).toEqual({ state: 'absent', parts: [] });
    expect(await engine.access()).toBeUndefined();
    expect(readdirSync(join(folder, 'state/platform/acme'))).toEqual([]);
    expect(await readFile(join(folder, 'platform.git/HEAD'), 'utf8')).toContain('main');
  });
});
