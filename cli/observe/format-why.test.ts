import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import {
  conditions,
  deployment,
  fourMinutesAgo,
  kustomization,
  now,
  object,
  pod,
  replicaSet,
  revision,
  root,
} from '../testing/cluster-objects.ts';
import type { KubeObject } from '../ports/kube.ts';
import { storyObjects } from '../testing/dashboard-fixture.ts';
import { buildModel } from './build-model.ts';
import { reportWhy } from './culprits.ts';
import { findObject } from './find-object.ts';
import { formatWhy } from './format-why.ts';
import type { Model } from './model.ts';

const look = { colors: picocolors.createColors(false), unicode: true, now };
const a = revision('a');
const story = buildModel({ objects: storyObjects(), notes: [], environment: 'dev' }, now);

function why(model: Model, name?: string): string {
  const subject = name === undefined ? undefined : findObject(model, name);
  return formatWhy(reportWhy('dev', model, subject), model, look);
}

describe('why of a whole cluster', () => {
  it('has one entry per culprit, with all that it holds up and what to do; what has failed comes first', () => {
    expect(why(story)).toMatchInlineSnapshot(`
      "✗ backfill-2-candles waits for prediction-api ← Deployment ml/prediction-api 0/1 ← Pod ml/prediction-api-1-x: ImagePullBackOff of registry.test/prediction-api:9: there is no such image
        → Push registry.test/prediction-api:9, or correct the image in the environment's values: docker manifest inspect registry.test/prediction-api:9

      ✗ paused: suspended, Flux leaves it as it is (4m)
        → platform resume dev Kustomization/flux-system/paused"
    `);
  });

  it('tells what is merely at work last, as such, and with nothing to do', () => {
    const doing = `Building manifests for revision ${a} with a timeout of 5m0s`;
    const alerts = kustomization('alerts', {
      conditions: conditions(['Ready', 'Unknown'], ['Reconciling', 'True', 'Progressing', doing]),
    });
    const set = replicaSet('trades-1', deployment('trades', 0));
    const pulling = pod('trades-1-x', set, {
      phase: 'Pending',
      containerStatuses: [
        { name: 'app', image: 'registry.test/trades:9', state: { waiting: { reason: 'ImagePullBackOff' } } },
      ],
    });
    const trades = kustomization('trades', { applied: a, inventory: ['ml_trades_apps_Deployment'] });
    const objects = [root(a, ['alerts', 'trades']), alerts, trades, deployment('trades', 0), set, pulling];
    const model = buildModel({ objects, notes: [] }, now);

    expect(why(model)).toMatchInlineSnapshot(`
      "✗ Deployment ml/trades 0/1 ← Pod ml/trades-1-x: ImagePullBackOff of registry.test/trades:9
        → Push registry.test/trades:9, or correct the image in the environment's values: docker manifest inspect registry.test/trades:9

      ↻ alerts: Building manifests at aaaaaaa, for at most 5m0s (4m)"
    `);
    expect(why(model, 'alerts')).toMatchInlineSnapshot(`
      "↻ alerts: Building manifests at aaaaaaa, for at most 5m0s (4m)
        ↻ Kustomization/flux-system/alerts  Reconciling  Building manifests for revision main@sha1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa with a timeout of 5m0s
        → kubectl describe -n flux-system kustomization alerts"
    `);
  });

  it('finds culprits among what is applied and is no workload', () => {
    const secret = object('external-secrets.io/v1', 'ExternalSecret', 'database', {
      spec: { secretStoreRef: { kind: 'SecretStore', name: 'vault' } },
      status: { conditions: conditions(['Ready', 'False', 'SecretSyncedError', 'no such key']) },
    });
    const applied = kustomization('configs', {
      applied: a,
      inventory: ['ml_database_external-secrets.io_ExternalSecret'],
    });
    const model = buildModel({ objects: [root(a, ['configs']), applied, secret], notes: [] }, now);

    expect(reportWhy('dev', model, undefined).culprits).toMatchObject([
      { id: 'ExternalSecret/ml/database', holdsUp: ['ExternalSecret/ml/database'] },
    ]);
  });

  it('finds the store behind what cannot be read from it', () => {
    const store: KubeObject = {
      ...object('external-secrets.io/v1', 'ClusterSecretStore', 'platform', {
        status: {
          conditions: conditions(['Ready', 'False', 'InvalidProviderConfig', 'unable to create client']),
        },
      }),
      metadata: { name: 'platform', creationTimestamp: fourMinutesAgo },
    };
    const secret = object('external-secrets.io/v1', 'ExternalSecret', 'database', {
      spec: { secretStoreRef: { kind: 'ClusterSecretStore', name: 'platform' } },
      status: {
        conditions: conditions(['Ready', 'False', 'SecretSyncedError', 'could not get secret data']),
      },
    });
    const inventory = [
      '_platform_external-secrets.io_ClusterSecretStore',
      'ml_database_external-secrets.io_ExternalSecret',
    ];
    const applied = kustomization('configs', { applied: a, inventory });
    const model = buildModel({ objects: [root(a, ['configs']), applied, store, secret], notes: [] }, now);

    expect(why(model)).toMatchInlineSnapshot(`
      "✗ ExternalSecret ml/database ← ClusterSecretStore platform: nothing can be read from this store: InvalidProviderConfig: unable to create client (4m)
        → kubectl describe clustersecretstore platform"
    `);
    expect(reportWhy('dev', model, undefined).culprits).toMatchObject([
      {
        id: 'ClusterSecretStore/platform',
        holdsUp: ['ClusterSecretStore/platform', 'ExternalSecret/ml/database'],
      },
    ]);
  });

  it('says so where nothing is wrong, and where nothing is there', () => {
    const well = buildModel({ objects: [root(a, [])], notes: ['Secret objects are not shown'] }, now);

    expect(why(well)).toBe('✔ Everything is Ready: 1 object\nnote: Secret objects are not shown');
    expect(why(buildModel({ objects: [], notes: [] }, now))).toBe('Flux has nothing to apply here yet.');
  });
});

describe('why of one object', () => {
  it('shows every link of the chain with its state', () => {
    expect(why(story, 'backfill-2-candles')).toMatchInlineSnapshot(`
      "✗ backfill-2-candles waits for prediction-api ← Deployment ml/prediction-api 0/1 ← Pod ml/prediction-api-1-x: ImagePullBackOff of registry.test/prediction-api:9: there is no such image
        ⧗ Kustomization/flux-system/backfill-2-candles  Waiting      dependency 'flux-system/prediction-api' is not ready
        ✗ Kustomization/flux-system/prediction-api      Failed       timeout waiting for: [Deployment/ml/prediction-api status: InProgress]
        ✗ Deployment/ml/prediction-api                  Failed       0 of 1 available: has timed out <img src=x onerror="window.broken=1">
        ✗ Pod/ml/prediction-api-1-x                     Failed       ImagePullBackOff: Back-off pulling image: not found
        → Push registry.test/prediction-api:9, or correct the image in the environment's values: docker manifest inspect registry.test/prediction-api:9"
    `);
  });

  it('says that it is Ready, or that nobody knows', () => {
    expect(why(story, 'ks/trades')).toBe('✔ Kustomization/flux-system/trades is Ready');
    expect(why(story, 'svc/trades')).toBe(
      'Service/ml/trades is applied; objects of its kind say nothing of their health',
    );
  });

  it('names the environment in the command that it suggests', () => {
    expect(reportWhy('dev', story, findObject(story, 'paused')).culprits[0]?.cause.next).toBe(
      'platform resume dev Kustomization/flux-system/paused',
    );
  });
});
