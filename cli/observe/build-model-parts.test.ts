import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../ports/kube.ts';
import {
  conditions,
  deployment,
  fourMinutesAgo,
  job,
  kustomization,
  now,
  object,
  pod,
  replicaSet,
  revision,
} from '../testing/cluster-objects.ts';
import { buildModel } from './build-model.ts';
import type { Model } from './model.ts';

const a = revision('a');

function modelOf(objects: readonly KubeObject[], kinds?: readonly string[]): Model {
  return buildModel({ objects, notes: [], ...(kinds ? { kinds } : {}) }, now);
}

function running(name: string, owner: KubeObject, image: string, more: object = {}): KubeObject {
  const status = {
    phase: 'Running',
    conditions: conditions(['Ready', 'True']),
    containerStatuses: [{ name: 'main', ready: true, state: { running: {} }, ...more }],
  };
  return { ...pod(name, owner, status), spec: { containers: [{ name: 'main', image }] } };
}

describe('images', () => {
  const trades = deployment('trades', 2, 2);
  const set = replicaSet('trades-1', trades);
  const image = 'registry.test/trades:0.1.0';
  const digest = `sha256:${'d'.repeat(64)}`;
  const applied = kustomization('trades', { applied: a, inventory: ['ml_trades_apps_Deployment'] });

  it('are counted by pods, of which those that are ready, with what the nodes made of the tag', () => {
    const { images } = modelOf([
      applied,
      trades,
      set,
      running('trades-1-x', set, image, { imageID: `registry.test/trades@${digest}` }),
      running('trades-1-y', set, image, { ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } }),
    ]);

    expect(images).toEqual([
      { image, usedBy: ['Deployment/ml/trades'], pods: 2, ready: 1, digests: [digest] },
    ]);
  });

  it('that only a pod asks for, or only an init container, are there, too', () => {
    const lonely: KubeObject = {
      ...running('lonely', set, 'b:1'),
      spec: {
        initContainers: [{ name: 'first', image: 'a:1' }],
        containers: [{ name: 'main', image: 'b:1' }],
      },
    };

    expect(modelOf([lonely]).images.map(({ image: name, usedBy }) => [name, usedBy])).toEqual([
      ['a:1', ['Pod/ml/lonely']],
      ['b:1', ['Pod/ml/lonely']],
    ]);
  });
});

describe('jobs', () => {
  const started = { startTime: fourMinutesAgo, active: 1, failed: 1 };
  const history = job('history', started, { completions: 3, parallelism: 2, backoffLimit: 4 });
  const ended = (name: string, exitCode: number, startTime: string): KubeObject =>
    pod(name, history, {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      startTime,
      containerStatuses: [
        {
          name: 'main',
          state: { terminated: { exitCode, reason: 'Error', finishedAt: '2026-01-01T11:58:00Z' } },
        },
      ],
    });

  it('tell their tries, oldest first, with exit codes, and how long they have run until now', () => {
    const { jobs } = modelOf([
      history,
      ended('history-b', 0, '2026-01-01T11:57:30Z'),
      ended('history-a', 3, '2026-01-01T11:56:10Z'),
    ]);

    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({
      id: 'Job/ml/history',
      wanted: 3,
      failed: 1,
      active: 1,
      parallelism: 2,
      backoffLimit: 4,
      seconds: 240,
      attempts: [
        { pod: 'Pod/ml/history-a', state: 'Failed', exitCode: 3, endedAt: '2026-01-01T11:58:00Z' },
        { pod: 'Pod/ml/history-b', state: 'Ready', exitCode: 0 },
      ],
    });
    expect(jobs[0]).not.toHaveProperty('endedAt');
  });

  it.each([
    ['that are done end when they say', { completionTime: '2026-01-01T11:57:00Z', succeeded: 1 }, 60],
    [
      'that gave up end when that was said',
      {
        conditions: [
          {
            type: 'Failed',
            status: 'True',
            reason: 'BackoffLimitExceeded',
            lastTransitionTime: '2026-01-01T11:56:30Z',
          },
        ],
      },
      30,
    ],
  ])('%s', (_, status, seconds) => {
    expect(modelOf([job('history', { startTime: fourMinutesAgo, ...status })]).jobs[0]?.seconds).toBe(
      seconds,
    );
  });

  it('that were not started have no time, and the defaults of Kubernetes', () => {
    const [one] = modelOf([job('history', {})]).jobs;
    expect(one).toMatchObject({ wanted: 1, parallelism: 1, backoffLimit: 6, attempts: [] });
    expect(one).not.toHaveProperty('seconds');
  });
});

describe('parts', () => {
  const trades = deployment('trades', 1);
  const old = { ...replicaSet('trades-0', trades), spec: { replicas: 0 } };
  const set = replicaSet('trades-1', trades);
  const applied = kustomization('trades', {
    applied: a,
    inventory: ['ml_trades_apps_Deployment', 'ml_trades__Service'],
  });

  it('are what controllers made, down to the pods, and the rest of the inventory', () => {
    const { parts } = modelOf([applied, trades, old, set, running('trades-1-x', set, 'a:1')]);

    expect(parts.map(({ id, parent, state }) => [id, parent, state])).toEqual([
      ['Service/ml/trades', 'Kustomization/flux-system/trades', undefined], // nobody reads Services
      ['ReplicaSet/ml/trades-1', 'Deployment/ml/trades', 'Ready'],
      ['Pod/ml/trades-1-x', 'ReplicaSet/ml/trades-1', 'Ready'],
    ]);
    expect(parts[2]).toMatchObject({ ageSeconds: 240, containers: [{ name: 'main', state: 'Ready' }] });
  });

  it('that are not well say why, and those that are well do not', () => {
    const broken = running('trades-1-x', set, 'a:1', {
      ready: false,
      state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } },
    });
    const { parts } = modelOf([applied, trades, set, broken]);

    const withCause = parts.filter(({ cause }) => cause !== undefined);
    expect(withCause.map(({ id, state }) => [id, state])).toEqual([['Pod/ml/trades-1-x', 'Failed']]);
    expect(withCause[0]?.cause?.chain.at(-1)).toBe('Pod/ml/trades-1-x');
  });

  it('are never items as well', () => {
    const { items, parts } = modelOf([applied, trades, set]);
    const ids = [...items, ...parts].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('secrets', () => {
  const env = [{ name: 'P', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }];
  const trades: KubeObject = {
    ...deployment('trades', 1),
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'main', image: 'a:1', env }] } } },
  };
  const applied = kustomization('trades', { applied: a, inventory: ['ml_trades_apps_Deployment'] });
  const secret: KubeObject = { ...object('v1', 'Secret', 'database'), keys: ['password'], type: 'Opaque' };
  const external = object('external-secrets.io/v1', 'ExternalSecret', 'database', {
    spec: { secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' } },
    status: {
      refreshTime: fourMinutesAgo,
      conditions: conditions(['Ready', 'False', 'SecretSyncedError', 'no such key']),
    },
  });

  it('tell who needs them, their keys, and what makes them', () => {
    expect(modelOf([applied, trades, secret, external]).secrets).toEqual([
      {
        id: 'Secret/ml/database',
        present: true,
        type: 'Opaque',
        keys: ['password'],
        ageSeconds: 240,
        usedBy: ['Deployment/ml/trades'],
        external: {
          id: 'ExternalSecret/ml/database',
          state: 'Failed',
          message: expect.stringContaining('no such key') as string,
          store: 'ClusterSecretStore vault',
          refreshedAt: fourMinutesAgo,
        },
      },
    ]);
  });

  it('that are needed and not there say so, unless nobody may look', () => {
    expect(modelOf([applied, trades]).secrets).toMatchObject([{ id: 'Secret/ml/database', present: false }]);
    const [unseen] = modelOf([applied, trades], ['Kustomization', 'Deployment']).secrets;
    expect(unseen).not.toHaveProperty('present');
  });

  it('of sources and of decryption are needed by objects of Flux', () => {
    const decrypting = kustomization(
      'sealed',
      { applied: a },
      { decryption: { provider: 'sops', secretRef: { name: 'age' } } },
    );
    expect(modelOf([decrypting]).secrets).toMatchObject([
      { id: 'Secret/flux-system/age', usedBy: ['Kustomization/flux-system/sealed'] },
    ]);
  });
});
