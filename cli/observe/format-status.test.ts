import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import {
  conditions,
  deployment,
  gitRepository,
  kustomization,
  now,
  pod,
  replicaSet,
  revision,
  root,
} from '../testing/cluster-objects.ts';
import type { KubeObject } from '../ports/kube.ts';
import { buildModel } from './build-model.ts';
import { formatStatus } from './format-status.ts';
import type { StatusReport } from './status-report.ts';

const look = { colors: picocolors.createColors(false), unicode: true, now };
const a = revision('a');
const head = 'a'.repeat(40);

const running: StatusReport = {
  environment: 'dev',
  engine: 'embedded',
  standIns: ['pods are simulated'],
  state: 'running',
  context: 'acme-dev',
  parts: [{ name: 'etcd', state: 'running', restarts: 0, log: '/logs/etcd.log' }],
  git: { head, branch: 'main', uncommitted: 0, published: head, applied: head, ahead: 0, behind: 0 },
};

const trades = deployment('trades', 0);
const set = replicaSet('trades-1', trades);
const pulling = {
  phase: 'Pending',
  containerStatuses: [
    { name: 'app', image: 'registry.test/trades:9', state: { waiting: { reason: 'ImagePullBackOff' } } },
  ],
};
const objects = [
  gitRepository(a),
  root(a, ['trades', 'web']),
  kustomization('trades', {
    attempted: a,
    conditions: conditions([
      'Ready',
      'False',
      'HealthCheckFailed',
      "timeout waiting for: [Deployment/ml/trades status: 'InProgress']",
    ]),
    inventory: ['ml_trades_apps_Deployment'],
  }),
  kustomization('web', {
    conditions: conditions([
      'Ready',
      'False',
      'DependencyNotReady',
      "dependency 'flux-system/trades' is not ready",
    ]),
  }),
  trades,
  set,
  pod('trades-1-x', set, pulling),
];

describe('formatStatus', () => {
  it('names no engine and nothing of it before there is a cluster', () => {
    const { environment, engine, standIns, git } = running;
    const text = formatStatus({ environment, engine, standIns, state: 'absent', parts: [], git }, look);

    expect(text).toBe('dev  not created\ngit      HEAD aaaaaaa (main)');
  });

  it('shows the cluster, git, every object, and one entry per culprit', () => {
    const model = buildModel({ objects, notes: [] }, now);

    expect(formatStatus({ ...running, model }, look)).toMatchInlineSnapshot(`
      "dev  embedded engine, running
      stand-in pods are simulated
      context  acme-dev
      git      HEAD aaaaaaa (main) is applied

        STATE        OBJECT                  REVISION  AGE  MESSAGE
      ✔ Ready        GitRepository platform  aaaaaaa   4m
      ✔ Ready        Kustomization platform  aaaaaaa   4m
      ✗ Failed       Kustomization trades    -         4m   timeout waiting for: [Deployment/ml/trades status: 'InProgress']
      ↻ Reconciling    Deployment ml/trades  0.1.0     4m   0 of 1 available
      ⧗ Waiting      Kustomization web       -         4m   dependency 'flux-system/trades' is not ready

      1 Failed, 1 Waiting, 1 Reconciling, 2 Ready

      ✗ web waits for trades ← Deployment ml/trades 0/1 ← Pod ml/trades-1-x: ImagePullBackOff of registry.test/trades:9
        → Push registry.test/trades:9, or correct the image in the environment's values: docker manifest inspect registry.test/trades:9"
    `);
  });

  it('cuts lines to the terminal, and uses ASCII where the locale wants it', () => {
    const model = buildModel({ objects: [gitRepository(a), root(a, []), trades], notes: [] }, now);

    const table = formatStatus({ ...running, model }, { ...look, unicode: false, columns: 60 })
      .split('\n')
      .slice(5, 9);

    expect(table.every((line) => line.length <= 60)).toBe(true);
    expect(table[1]).toMatch(/^\+ Ready/);
  });

  it('cuts tags and messages in 80 columns, and never a state or an age', () => {
    const demo = (name: string): KubeObject => {
      const containers = [{ image: `platform.local/${name}:0.0.0-demo.126c573a81f3` }];
      return {
        ...deployment(name, 0),
        spec: { replicas: 1, template: { spec: { containers } } },
      };
    };
    const names = ['api', 'external-secrets-cert-controller-of-this-cluster'];
    const inventory = names.map((name) => `ml_${name}_apps_Deployment`);
    const all = [...objects, kustomization('more', { applied: a, inventory }), ...names.map(demo)];
    const model = buildModel({ objects: all, notes: [] }, now);
    const table = (columns: number): string[] => {
      const lines = formatStatus({ ...running, model }, { ...look, columns })
        .split('\n')
        .slice(5);
      return lines.slice(0, lines.indexOf(''));
    };

    expect(table(80).join('\n')).toMatchInlineSnapshot(`
      "  STATE        OBJECT                        REVISION      AGE  MESSAGE
      ✔ Ready        GitRepository platform        aaaaaaa       4m
      ✔ Ready        Kustomization more            aaaaaaa       4m
      ↻ Reconciling    Deployment ml/api           0.0.0-…a81f3  4m   0 of 1 available
      ↻ Reconciling    Deployment m…-this-cluster  0.0.0-…a81f3  4m   0 of 1 available
      ✔ Ready        Kustomization platform        aaaaaaa       4m
      ✗ Failed       Kustomization trades          -             4m   timeout waiting…
      ↻ Reconciling    Deployment ml/trades        0.1.0         4m   0 of 1 available
      ⧗ Waiting      Kustomization web             -             4m   dependency 'flu…"
    `);
    for (const columns of [60, 80, 120]) {
      expect(table(columns).filter((line) => line.length > columns)).toEqual([]);
      expect(table(columns).filter((line) => !/ (AGE|4m)( |$)/.test(line))).toEqual([]);
    }
  });

  it.each([
    [{ applied: head }, 'HEAD aaaaaaa (main) is applied'],
    [{ applied: undefined }, 'HEAD aaaaaaa (main), nothing is applied yet'],
    [
      { applied: 'b'.repeat(40), ahead: 2, behind: 0, published: undefined },
      'HEAD aaaaaaa (main) is 2 commits ahead of what is applied (bbbbbbb)',
    ],
    [
      { applied: 'b'.repeat(40), ahead: 1, behind: 0 },
      'HEAD aaaaaaa (main) is 1 commit ahead of what is applied (bbbbbbb), and was pushed',
    ],
    [
      { applied: 'b'.repeat(40), ahead: 0, behind: 3 },
      'HEAD aaaaaaa (main) is 3 commits behind what is applied (bbbbbbb)',
    ],
    [
      { applied: 'b'.repeat(40), ahead: undefined },
      'HEAD aaaaaaa (main); bbbbbbb is applied, which this clone does not have',
    ],
    [{ branch: undefined, uncommitted: 2 }, 'HEAD aaaaaaa (detached) is applied; 2 uncommitted paths'],
  ])('tells git against the cluster: %j', (git, says) => {
    const model = buildModel({ objects, notes: [] }, now);

    expect(formatStatus({ ...running, model, git: { ...running.git, ...git } }, look)).toContain(
      `git      ${says}`,
    );
  });

  it('says only where HEAD is, and no part, when the cluster is stopped', () => {
    const parts = [{ name: 'etcd', state: 'stopped', restarts: 0, log: '/logs/etcd.log' }];

    expect(formatStatus({ ...running, standIns: [], state: 'stopped', parts }, look)).toBe(
      'dev  embedded engine, stopped\ncontext  acme-dev\ngit      HEAD aaaaaaa (main)',
    );
  });

  it('names parts that do not run or were started again', () => {
    const parts = [
      {
        name: 'etcd',
        state: 'running',
        restarts: 2,
        lastExit: { reason: 'signal SIGKILL', at: '2026-01-01T11:58:00Z' },
        log: '/logs/etcd.log',
      },
    ];

    expect(formatStatus({ ...running, state: 'degraded', parts }, look)).toContain(
      'part     etcd is running, started again 2 times, last end: signal SIGKILL 2m ago  /logs/etcd.log',
    );
  });
});
