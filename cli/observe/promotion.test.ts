import { describe, expect, it } from 'vitest';
import type { Build } from '../build/build.ts';
import type { KubeObject } from '../ports/kube.ts';
import { deployment, job, kustomization, now, object, revision, root } from '../testing/cluster-objects.ts';
import { buildModel } from './build-model.ts';
import { buildPromotion, readTagLog, type PromotionInput, type TagChange } from './promotion.ts';

const withTag = (workload: KubeObject, tag: string, replicas?: number): KubeObject => ({
  ...workload,
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    template: { spec: { containers: [{ name: 'main', image: `registry.test:5000/app:${tag}` }] } },
  },
});

function built(environment: string, ...objects: readonly KubeObject[]): Build {
  const path = `apps/trades/overlays/${environment}`;
  const rest = { dependsOn: [], wait: true, prune: true };
  return { environment, fluxObjects: [], kustomizations: [{ name: 'trades', path, objects, ...rest }] };
}

function input(
  environment: string,
  tag: string,
  history: readonly (readonly [commit: string, tags: string])[] = [],
  live?: PromotionInput['live'],
): PromotionInput {
  const changes = history.map(([commit, tags]): TagChange => ({ commit, tags, at: `at ${commit}` }));
  return {
    environment,
    build: built(environment, withTag(deployment('trades', 1), tag, 2)),
    history: new Map([[`apps/trades/overlays/${environment}`, changes]]),
    ...(live ? { live } : { note: 'not reached' }),
  };
}

const moved = [
  ['c3', '0.3.0'],
  ['c2', '0.2.0'],
  ['c1', '0.1.0'],
] as const;

describe('buildPromotion', () => {
  it('counts the changes that an environment is behind the one before it, and since when', () => {
    const { rows } = buildPromotion([
      input('dev', '0.3.0', moved),
      input('stage', '0.1.0', [['s1', '0.1.0']]),
    ]);

    expect(rows).toEqual([
      {
        app: 'trades',
        kind: 'Deployment',
        name: 'trades',
        cells: {
          dev: { tags: '0.3.0', replicas: 2, since: { commit: 'c3', at: 'at c3' } },
          stage: {
            tags: '0.1.0',
            replicas: 2,
            since: { commit: 's1', at: 'at s1' },
            behind: { environment: 'dev', changes: 2, since: 'at c2' },
          },
        },
      },
    ]);
  });

  it('says so where the environment before has the same, or never had it', () => {
    const { rows } = buildPromotion([
      input('dev', '0.3.0', moved),
      input('stage', '0.3.0'),
      input('prod', '0.9.0'),
    ]);

    expect(rows[0]?.cells['stage']?.behind).toEqual({ environment: 'dev', changes: 0 });
    expect(rows[0]?.cells['prod']?.behind).toEqual({ environment: 'stage' });
  });

  it('compares with the nearest environment that has the workload', () => {
    const without = { ...input('stage', '0.1.0'), build: built('stage') };
    const { rows } = buildPromotion([input('dev', '0.3.0', moved), without, input('prod', '0.2.0')]);

    expect(Object.keys(rows[0]?.cells ?? {})).toEqual(['dev', 'prod']);
    expect(rows[0]?.cells['prod']?.behind).toEqual({ environment: 'dev', changes: 1, since: 'at c3' });
  });

  it('says what runs, of which revision and in which state, and why a cluster is not seen', () => {
    const live = buildModel(
      {
        objects: [
          root(revision('a'), ['trades']),
          kustomization('trades', { applied: revision('a'), inventory: ['ml_trades_apps_Deployment'] }),
          withTag(deployment('trades', 1), '0.2.0', 1),
        ],
        notes: [],
      },
      now,
    );
    const { environments, rows } = buildPromotion([
      input('dev', '0.3.0', moved, live),
      input('stage', '0.3.0'),
    ]);

    expect(environments).toEqual([
      { name: 'dev', revision: revision('a') },
      { name: 'stage', note: 'not reached' },
    ]);
    expect(rows[0]?.cells['dev']?.running).toEqual({
      id: 'Deployment/ml/trades',
      state: 'Ready',
      tags: '0.2.0',
      revision: revision('a'),
      ageSeconds: 240,
    });
    expect(rows[0]?.cells['stage']).not.toHaveProperty('running');
  });

  it('knows a Job again whose name ends with another digest, and leaves out what runs nothing', () => {
    const of = (environment: string, digest: string): PromotionInput => ({
      ...input(environment, '0.1.0'),
      build: built(
        environment,
        withTag(job(`history-${digest}`, {}), '0.1.0'),
        object('v1', 'ConfigMap', 'a'),
      ),
    });
    const { rows } = buildPromotion([of('dev', 'd455c5ad85'), of('stage', '0febc03850')]);

    expect(rows.map(({ kind, name, cells }) => [kind, name, Object.keys(cells)])).toEqual([
      ['Job', 'history', ['dev', 'stage']],
    ]);
  });
});

it('reads from the log of git which tags each commit wrote below which folder', () => {
  const log = [
    '\0c2\t2026-01-02T00:00:00Z',
    '',
    'diff --git a/apps/a/overlays/dev/kustomization.yaml b/apps/a/overlays/dev/kustomization.yaml',
    '+++ b/apps/a/overlays/dev/kustomization.yaml',
    '@@ -14,2 +14,2 @@ images:',
    '-    newTag: "0.1.0"',
    '+    newTag: "0.2.0"',
    '+++ b/apps/b/overlays/dev/1-x/kustomization.yaml',
    '+    newTag: 3.1',
    '+    newTag: 3.1',
    '+  - newTag: 3.2 # the side',
    '\0c1\t2026-01-01T00:00:00Z',
    '',
    '+++ b/apps/a/overlays/dev/kustomization.yaml',
    '+# inputs changed only',
    '',
  ].join('\n');

  expect(readTagLog(log)).toEqual(
    new Map([
      ['apps/a/overlays/dev', [{ commit: 'c2', at: '2026-01-02T00:00:00Z', tags: '0.2.0' }]],
      ['apps/b/overlays/dev/1-x', [{ commit: 'c2', at: '2026-01-02T00:00:00Z', tags: '3.1, 3.2' }]],
    ]),
  );
  expect(readTagLog('')).toEqual(new Map());
});
