import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { deployment, kustomization, now, pod, replicaSet, revision } from '../testing/cluster-objects.ts';
import { conditions } from '../testing/cluster-objects.ts';
import { storyObjects } from '../testing/dashboard-fixture.ts';
import { buildModel } from './build-model.ts';
import { formatTree } from './format-tree.ts';
import { treeOf, type TreeOptions } from './tree.ts';

const look = { colors: picocolors.createColors(false), unicode: true, now };
const story = buildModel({ objects: storyObjects(), notes: [] }, now);
const show = (options?: TreeOptions): string => formatTree(treeOf(story, options), look);

describe('the tree', () => {
  it('goes from the source to containers, with a message where something is not Ready', () => {
    expect(show()).toMatchInlineSnapshot(`
      "✔ GitRepository platform
      └─ ✔ Kustomization platform
         ├─ ✔ Kustomization backfill-1-trades
         │  └─ ✔ Job ml/history
         ├─ ⧗ Kustomization backfill-2-candles: dependency 'flux-system/prediction-api' is not ready
         ├─ ✔ Kustomization infra
         ├─ ⏸ Kustomization paused: suspended
         ├─ ✗ Kustomization prediction-api: timeout waiting for: [Deployment/ml/prediction-api status: InProgress]
         │  └─ ✗ Deployment ml/prediction-api: 0 of 1 available: has timed out <img src=x onerror="window.broken=1">
         │     └─ ✔ ReplicaSet ml/prediction-api-1
         │        └─ ✗ Pod ml/prediction-api-1-x: ImagePullBackOff: Back-off pulling image: not found
         │           └─ ✗ container api: waiting: ImagePullBackOff
         └─ ✔ Kustomization trades
            ├─ ✔ Deployment ml/trades
            │  └─ ✔ ReplicaSet ml/trades-1
            │     └─ ✔ Pod ml/trades-1-x
            │        └─ ✔ container trades
            └─ · Service ml/trades"
    `);
  });

  it('begins at the object that was asked for', () => {
    expect(show({ under: 'Deployment/ml/trades' })).toMatchInlineSnapshot(`
      "✔ Deployment ml/trades
      └─ ✔ ReplicaSet ml/trades-1
         └─ ✔ Pod ml/trades-1-x
            └─ ✔ container trades"
    `);
  });

  it('keeps what is above that which is not Ready', () => {
    expect(show({ unwell: true })).toMatchInlineSnapshot(`
      "✔ GitRepository platform
      └─ ✔ Kustomization platform
         ├─ ⧗ Kustomization backfill-2-candles: dependency 'flux-system/prediction-api' is not ready
         ├─ ⏸ Kustomization paused: suspended
         └─ ✗ Kustomization prediction-api: timeout waiting for: [Deployment/ml/prediction-api status: InProgress]
            └─ ✗ Deployment ml/prediction-api: 0 of 1 available: has timed out <img src=x onerror="window.broken=1">
               └─ ✔ ReplicaSet ml/prediction-api-1
                  └─ ✗ Pod ml/prediction-api-1-x: ImagePullBackOff: Back-off pulling image: not found
                     └─ ✗ container api: waiting: ImagePullBackOff"
    `);
  });

  it('is cut to the terminal, and drawn in ASCII where the locale wants it', () => {
    const lines = formatTree(treeOf(story), { ...look, unicode: false, columns: 50 }).split('\n');

    expect(lines.every((line) => line.length <= 50)).toBe(true);
    expect(lines.slice(0, 3).join('\n')).toMatchInlineSnapshot(`
      "+ GitRepository platform
      \`- + Kustomization platform
         |- + Kustomization backfill-1-trades"
    `);
  });
});

describe('siblings of one kind', () => {
  const owner = deployment('api', 49, 50);
  const set = replicaSet('api-1', owner);
  const pods = Array.from({ length: 50 }, (_, at) =>
    pod(`api-1-${at}`, set, {
      phase: 'Running',
      conditions: conditions(['Ready', at === 40 ? 'False' : 'True']),
      containerStatuses: [{ name: 'main', ready: at !== 40, restartCount: 0, state: { running: {} } }],
    }),
  );
  const applied = kustomization('api', { applied: revision('a'), inventory: ['ml_api_apps_Deployment'] });
  const model = buildModel({ objects: [applied, owner, set, ...pods], notes: [] }, now);

  it('are folded beyond the first twelve; what is not Ready stays', () => {
    const [branch] = treeOf(model, { under: 'ReplicaSet/ml/api-1' });

    expect(branch?.children).toHaveLength(13);
    expect(branch?.children.map(({ name }) => name)).toContain('ml/api-1-40');
    expect(branch?.children.at(-1)).toMatchObject({ kind: 'Pod', more: 38, children: [] });
    expect(formatTree(branch ? [branch] : [], look)).toContain('└─ … 38 more of kind Pod');
  });

  it('are all there with --all', () => {
    expect(treeOf(model, { under: 'ReplicaSet/ml/api-1', all: true })[0]?.children).toHaveLength(50);
  });
});

it('shows objects that are in the inventory of each other', () => {
  const each = (name: string, other: string) =>
    kustomization(name, {
      applied: revision('a'),
      inventory: [`flux-system_${other}_kustomize.toolkit.fluxcd.io_Kustomization`],
    });
  const model = buildModel({ objects: [each('one', 'two'), each('two', 'one')], notes: [] }, now);

  expect(treeOf(model).map(({ name }) => name)).toEqual(['one', 'two']);
});
