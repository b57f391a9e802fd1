import { describe, expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { steppingClock } from '../ports/clock.fake.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import {
  conditions,
  deployment,
  gitRepository,
  job,
  kustomization,
  revision,
  root,
} from '../testing/cluster-objects.ts';
import { waitUntilReady, type WaitOptions } from './wait-until-ready.ts';

const old = revision('a');
const fresh = revision('b');
const commit = 'b'.repeat(40);

/** Each look at the cluster sees the next of `looks`; the last one stays. */
function waiting(looks: readonly (readonly KubeObject[] | Error)[], options: Partial<WaitOptions> = {}) {
  const clock = steppingClock();
  const kube = fakeKube();
  const said: string[] = [];
  let look = -1;
  const list = async (kind: Parameters<typeof kube.list>[0]): Promise<KubeObject[]> => {
    if (kind.kind === 'Kustomization') look = Math.min(look + 1, looks.length - 1);
    const now = looks[Math.max(look, 0)] ?? [];
    if (now instanceof Error) throw now;
    kube.set(now);
    return kube.list(kind);
  };
  const done = waitUntilReady(
    { kube: { list }, clock },
    {
      timeoutMs: 10_000,
      commit,
      interrupted: new AbortController().signal,
      say: (line) => void said.push(line),
      ...options,
    },
  );
  return { done, clock, said };
}

const everything = (at: string): KubeObject[] => [
  gitRepository(at),
  root(at, ['trades']),
  kustomization('trades', { applied: at, inventory: ['ml_trades_apps_Deployment'] }),
  deployment('trades', 1),
];

const dependencyNotReady = conditions([
  'Ready',
  'False',
  'DependencyNotReady',
  "dependency 'flux-system/backfill' is not ready",
]);
const checking = conditions(
  ['Ready', 'Unknown'],
  ['Reconciling', 'True', 'Progressing', `Running health checks for revision ${fresh}`],
);

const withRunningJob: KubeObject[] = [
  gitRepository(fresh),
  root(fresh, ['backfill', 'trades']),
  kustomization('backfill', { attempted: fresh, conditions: checking, inventory: ['ml_history_batch_Job'] }),
  kustomization('trades', { conditions: dependencyNotReady }),
  job('history', { active: 1 }),
];

describe('waitUntilReady', () => {
  it('ends when everything is Ready at the commit, not before', async () => {
    const { done, said } = waiting([everything(old), everything(fresh)]);

    await expect(done).resolves.toMatchObject({ ready: true });
    expect(said).toEqual([expect.stringContaining('platform is not at bbbbbbb yet, but at aaaaaaa')]);
  });

  it('does not want all objects Ready at the same moment, only each once', async () => {
    const flapping = (available: number, trades: KubeObject): KubeObject[] => [
      ...everything(fresh).slice(0, 2),
      trades,
      deployment('trades', available),
    ];
    const inventory = ['ml_trades_apps_Deployment'];
    const checked = kustomization('trades', { attempted: fresh, conditions: checking, inventory });

    const { done } = waiting([
      flapping(1, checked),
      flapping(0, kustomization('trades', { applied: fresh, inventory })),
    ]);

    await expect(done).resolves.toMatchObject({ ready: false });
  });

  it('does not count a workload that is as it was before the commit', async () => {
    const inventory = ['ml_trades_apps_Deployment'];
    const building = kustomization('trades', {
      applied: old,
      attempted: fresh,
      conditions: conditions(
        ['Ready', 'Unknown'],
        ['Reconciling', 'True', 'Progressing', `Building manifests for revision ${fresh}`],
      ),
      inventory,
    });
    const { done } = waiting([
      [gitRepository(fresh), root(fresh, ['trades']), building, deployment('trades', 1)],
      [
        gitRepository(fresh),
        root(fresh, ['trades']),
        kustomization('trades', { applied: fresh, inventory }),
        deployment('trades', 0),
      ],
    ]);

    await expect(done).rejects.toMatchObject({
      code: 'RECONCILE_TIMEOUT',
      message: expect.stringContaining('Deployment ml/trades 0/1') as string,
    });
  });

  it('fails at the deadline with the culprit and with all that is not Ready', async () => {
    const { done, clock, said } = waiting([
      [gitRepository(fresh), root(fresh, ['trades', 'backfill']), ...withRunningJob.slice(2)],
    ]);

    await expect(done).rejects.toMatchObject({
      code: 'RECONCILE_TIMEOUT',
      message: expect.stringMatching(
        /^not everything is Ready after 10s: .*Job ml\/history: still runs/,
      ) as string,
      hint: 'kubectl logs -n ml job/history -f',
      details: expect.arrayContaining([
        {
          message: expect.stringContaining('Waiting: trades waits for backfill') as string,
          hint: expect.any(String) as string,
        },
      ]) as object[],
    });
    expect(clock.elapsed()).toBe(10_000);
    expect(said[0]).toContain('waiting for backfill, trades: ');
  });

  it('goes on for a commit on top of it that Flux fetched first, and asks git once for each', async () => {
    const top = revision('c');
    const asked: string[] = [];
    const isBuiltOn = async (newer: string, older: string): Promise<boolean> => {
      asked.push(`${newer.slice(0, 1)} on ${older.slice(0, 1)}`);
      return newer.startsWith('c');
    };
    const looks = [
      everything(old),
      everything(old),
      [gitRepository(top), root(old, ['trades'])],
      everything(top),
    ];

    await expect(waiting(looks, { isBuiltOn }).done).resolves.toMatchObject({ ready: true });
    expect(asked).toEqual(['a on b', 'c on b']);
  });

  it('does not take another history for its own', async () => {
    const { done } = waiting([everything(revision('c'))], { isBuiltOn: async () => undefined });
    await expect(done).rejects.toMatchObject({ code: 'RECONCILE_TIMEOUT' });
  });

  it('takes a Job that runs for enough when asked to, and what waits for it', async () => {
    await expect(waiting([withRunningJob], { jobs: 'started' }).done).resolves.toMatchObject({
      ready: false,
    });
  });

  it('ends early when only a new commit can mend it, once it was seen twice', async () => {
    const broken = kustomization('trades', {
      attempted: fresh,
      conditions: conditions(['Ready', 'False', 'BuildFailed', 'kustomize build failed: no such file']),
    });

    const { done, clock } = waiting([[gitRepository(fresh), root(fresh, ['trades']), broken]]);

    await expect(done).rejects.toMatchObject({
      code: 'RECONCILE_FAILED',
      message: expect.stringContaining('trades: kustomize build failed') as string,
    });
    expect(clock.elapsed()).toBe(500);
  });

  it('does not end early for what the commit before broke', async () => {
    const broken = kustomization('trades', {
      attempted: old,
      conditions: conditions(['Ready', 'False', 'BuildFailed', 'kustomize build failed: no such file']),
    });
    const before = [gitRepository(old), root(old, ['trades']), broken];

    await expect(waiting([before, before, before, everything(fresh)]).done).resolves.toMatchObject({
      ready: true,
    });
  });

  it('does not end early for what the commit takes out, and has not yet', async () => {
    const pathGone = kustomization('trades', {
      attempted: fresh,
      conditions: conditions([
        'Ready',
        'False',
        'ArtifactFailed',
        'kustomization path not found: stat /tmp/k/apps/trades: no such file',
      ]),
    });
    const meanwhile = [gitRepository(fresh), root(old, ['trades']), pathGone];

    const { done } = waiting([meanwhile, meanwhile, meanwhile, [gitRepository(fresh), root(fresh, [])]]);

    await expect(done).resolves.toMatchObject({ ready: true });
  });

  it('ends early when something is suspended: nothing will apply the commit to it', async () => {
    const paused = kustomization('trades', { applied: old }, { suspend: true });

    const { done, clock } = waiting([[gitRepository(fresh), root(fresh, ['trades']), paused]], {
      environment: 'dev',
    });

    await expect(done).rejects.toMatchObject({
      code: 'RECONCILE_FAILED',
      hint: 'platform resume dev Kustomization/flux-system/trades',
    });
    expect(clock.elapsed()).toBe(500);
  });

  it('goes on for a commit that was pushed on top meanwhile', async () => {
    const newest = revision('c');
    const half = [gitRepository(fresh), root(old, ['trades'])];

    await expect(waiting([half, everything(newest)]).done).resolves.toMatchObject({ ready: true });
  });

  it('bears an API server that is away for a moment, not for long', async () => {
    const away = new PlatformError('CLUSTER_UNREACHABLE', 'no answer', 'kubectl get --raw /readyz');

    await expect(waiting([away, away, everything(fresh)]).done).resolves.toMatchObject({ ready: true });
    await expect(waiting([away], { timeoutMs: 120_000 }).done).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
    });
  });

  it('stops when interrupted', async () => {
    await expect(waiting([[]], { interrupted: AbortSignal.abort() }).done).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});
