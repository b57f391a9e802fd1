import type { Promotion } from '../observe/promotion.ts';
import type { Answers } from '../dashboard/web-app.ts';
import type { Delivery } from '../observe/delivery.ts';
import { revision } from './cluster-objects.ts';
import { hostile } from './dashboard-fixture.ts';

/** Three environments: dev moves on, stage is two tags behind it, prod has what stage has and cannot be reached. */
export const storyMatrix: Promotion = {
  environments: [
    { name: 'dev', revision: revision('a') },
    { name: 'stage', note: 'its cluster is stopped' },
    { name: 'prod', note: 'this machine reaches no cluster of it' },
  ],
  rows: [
    {
      app: 'trades',
      kind: 'Deployment',
      name: 'trades',
      cells: {
        dev: {
          tags: '0.3.0',
          replicas: 1,
          since: { commit: 'c'.repeat(40), at: '2026-01-01T11:00:00Z' },
          running: {
            id: 'Deployment/ml/trades',
            state: 'Ready',
            tags: '0.2.0',
            revision: revision('a'),
            ageSeconds: 240,
          },
        },
        stage: {
          tags: '0.1.0',
          replicas: 2,
          behind: { environment: 'dev', changes: 2, since: '2026-01-01T10:00:00Z' },
        },
        prod: { tags: '0.1.0', replicas: 3, behind: { environment: 'stage', changes: 0 } },
      },
    },
    {
      app: 'backfill-1-trades',
      kind: 'Job',
      name: 'backfill-1-trades',
      cells: {
        dev: { tags: '0.3.0' },
        prod: { tags: '0.0.9', behind: { environment: 'dev' } },
      },
    },
  ],
};

/** A commit that changed two of four Kustomizations and is under way to one more. */
export const storyDelivery: Delivery = {
  commit: 'a'.repeat(40),
  note: { subject: 'Trade more pairs', author: 'Ada', at: '2026-01-01T11:55:00Z' },
  complete: false,
  hops: [
    { to: 'committed', at: '2026-01-01T11:55:00Z' },
    { to: 'fetched', at: '2026-01-01T11:55:03Z', seconds: 3 },
    { to: 'began', at: '2026-01-01T11:55:04Z', seconds: 1 },
    { to: 'applied', at: '2026-01-01T11:55:20Z', seconds: 16 },
  ],
  seconds: 20,
  steps: [
    {
      id: 'Kustomization/flux-system/infra',
      state: 'Ready',
      change: 'changed',
      times: {
        began: '2026-01-01T11:55:04Z',
        applied: '2026-01-01T11:55:08Z',
        rolledOut: '2026-01-01T11:55:08Z',
      },
    },
    {
      id: 'Kustomization/flux-system/trades',
      state: 'Ready',
      change: 'changed',
      times: {
        began: '2026-01-01T11:55:09Z',
        applied: '2026-01-01T11:55:11Z',
        rolledOut: '2026-01-01T11:55:20Z',
      },
    },
    { id: 'Kustomization/flux-system/paused', state: 'Ready', change: 'unchanged', times: {} },
    { id: 'Kustomization/flux-system/prediction-api', state: 'Failed', change: 'pending', times: {} },
  ],
};

/** What a server says that is asked for all of it. */
export const storyAnswers: Answers = {
  object: (id: string) => ({ id, yaml: `kind: Any\nname: ${hostile}\n` }),
  logs: async () =>
    Promise.resolve({
      simulated: false,
      lines: [{ at: '2026-01-01T11:56:00Z', from: 'Pod trades', level: 'error', text: `boom ${hostile}` }],
    }),
  lines: async (id: string) =>
    Promise.resolve([
      {
        at: '2026-01-01T11:56:00Z',
        from: `kustomize-controller ${id.split('/').at(-1) ?? ''}`,
        level: 'error',
        text: `Reconciler error: health check failed ${hostile}`,
      },
    ]),
  diff: async () =>
    Promise.resolve([
      {
        ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ml', name: 'trades' },
        kustomization: 'trades',
        change: 'update',
        fields: [{ path: 'spec.replicas', before: 1, after: 0 }],
        marks: ['replicas-0'],
      },
    ]),
  drift: async () =>
    Promise.resolve({
      changes: [
        {
          ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ml', name: 'trades' },
          kustomization: 'trades',
          change: 'update',
          fields: [{ path: 'spec.replicas', before: 5, after: 1 }],
          marks: [],
        },
      ],
      notes: ['ConfigMap/ml/a: the server answers 403'],
    }),
  matrix: async () => Promise.resolve(storyMatrix),
  delivery: async (environment: string) =>
    Promise.resolve(environment === 'dev' ? storyDelivery : { complete: false, hops: [], steps: [] }),
  git: async () =>
    Promise.resolve({ head: 'b'.repeat(40), branch: 'main', uncommitted: 2, applied: 'a'.repeat(40) }),
};
