import type { KubeObject } from '../ports/kube.ts';
import {
  conditions,
  deployment,
  fourMinutesAgo,
  gitRepository,
  job,
  kustomization,
  object,
  pod,
  replicaSet,
  revision,
  root,
  warning,
} from './cluster-objects.ts';

const a = revision('a');
/** Runs if a page takes it for markup. */
export const hostile = '<img src=x onerror="window.broken=1">';
/** The value of a Secret, which must not be found anywhere outside the cluster. */
export const secretValue = 'correct-horse-battery-staple';

/** A small cluster with something of everything, and a pod that cannot get its image. */
export function storyObjects(): KubeObject[] {
  const trades = { ...deployment('trades', 1), spec: withSecret('trades') };
  const containers = [{ name: 'api', image: 'registry.test/prediction-api:9' }];
  const api = {
    ...deployment('prediction-api', 0, 1, {
      conditions: conditions([
        'Progressing',
        'False',
        'ProgressDeadlineExceeded',
        `has timed out ${hostile}`,
      ]),
    }),
    spec: { replicas: 1, template: { spec: { containers } } },
  };
  const [tradesSet, apiSet] = [replicaSet('trades-1', trades), replicaSet('prediction-api-1', api)];
  const waiting = pod('prediction-api-1-x', apiSet, {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'api',
        image: 'registry.test/prediction-api:9',
        ready: false,
        state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image: not found' } },
      },
    ],
  });
  const failing = { ...waiting, spec: { containers } };
  return [
    gitRepository(a),
    root(a, ['infra', 'trades', 'prediction-api', 'backfill-1-trades', 'backfill-2-candles', 'paused']),
    kustomization('infra', { applied: a }),
    kustomization(
      'trades',
      { applied: a, inventory: ['ml_trades_apps_Deployment', 'ml_trades__Service'] },
      after('infra'),
    ),
    kustomization(
      'prediction-api',
      {
        attempted: a,
        inventory: ['ml_prediction-api_apps_Deployment'],
        conditions: conditions([
          'Ready',
          'False',
          'HealthCheckFailed',
          'timeout waiting for: [Deployment/ml/prediction-api status: InProgress]',
        ]),
      },
      after('infra'),
    ),
    kustomization('backfill-1-trades', { applied: a, inventory: ['ml_history_batch_Job'] }, after('infra')),
    kustomization(
      'backfill-2-candles',
      {
        conditions: conditions([
          'Ready',
          'False',
          'DependencyNotReady',
          "dependency 'flux-system/prediction-api' is not ready",
        ]),
      },
      after('prediction-api'),
    ),
    kustomization('paused', { applied: a }, { suspend: true }),
    trades,
    api,
    tradesSet,
    apiSet,
    {
      ...pod('trades-1-x', tradesSet, {
        phase: 'Running',
        conditions: conditions(['Ready', 'True']),
        containerStatuses: [{ name: 'trades', ready: true, restartCount: 0, state: { running: {} } }],
      }),
      spec: { containers: [{ name: 'trades', image: 'registry.test/trades:0.1.0' }] },
    },
    failing,
    job('history', {
      succeeded: 1,
      startTime: fourMinutesAgo,
      completionTime: fourMinutesAgo,
      conditions: conditions(['Complete', 'True']),
    }),
    warning(failing, 'Failed', `Failed to pull image ${hostile}`),
    {
      ...object('v1', 'Secret', 'database'),
      data: { password: Buffer.from(secretValue).toString('base64') },
      stringData: { plain: secretValue },
      metadata: {
        ...object('v1', 'Secret', 'database').metadata,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': secretValue },
      },
    },
  ];
}

function after(name: string): object {
  return { dependsOn: [{ name }] };
}

function withSecret(name: string): object {
  const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }];
  return {
    replicas: 1,
    template: { spec: { containers: [{ name, image: `registry.test/${name}:0.1.0`, env }] } },
  };
}

/** So many pods, one of a hundred in trouble, of as many Deployments as it takes at 20 each. */
export function manyObjects(count: number): KubeObject[] {
  const deployments = Math.ceil(count / 22);
  const names = Array.from({ length: deployments }, (_, at) => `app-${at}`);
  const objects: KubeObject[] = [
    gitRepository(a),
    root(a, ['apps']),
    kustomization('apps', { applied: a, inventory: names.map((name) => `ml_${name}_apps_Deployment`) }),
  ];
  for (const name of names) {
    const owner = deployment(name, 20, 20);
    const set = replicaSet(`${name}-1`, owner);
    objects.push(owner, set);
    for (let at = 0; at < 20; at += 1) {
      const ready = (objects.length + at) % 100 > 0;
      objects.push(
        pod(`${name}-1-${at}`, set, {
          phase: 'Running',
          conditions: conditions(['Ready', ready ? 'True' : 'False']),
          containerStatuses: [{ name: 'main', ready, restartCount: 0, state: { running: {} } }],
        }),
      );
    }
  }
  return objects;
}
