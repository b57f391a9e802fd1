import { expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import { findAutoscaler, readScaling } from './autoscaler.ts';

const app = { namespace: 'ml', name: 'prediction-api' };
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: app.name };

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: app,
  spec: { replicas: 4 },
  status: { replicas: 4, readyReplicas: 2 },
};

function hpa(name: string, spec: object, status: object): KubeObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'ml', name },
    spec: { scaleTargetRef: target, minReplicas: 1, maxReplicas: 5, ...spec },
    status,
  };
}

const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
};
const cpuNow = {
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization: 180, averageValue: '90m' } },
};
const lag = {
  type: 'External',
  external: { metric: { name: 's0-kafka-trades' }, target: { type: 'AverageValue', averageValue: '50' } },
};
const lagNow = {
  type: 'External',
  external: { metric: { name: 's0-kafka-trades' }, current: { averageValue: '12500m' } },
};

it('says how many pods there are, and what is measured beside what is aimed at', async () => {
  const kube = fakeKube([
    deployment,
    hpa('prediction-api', { metrics: [cpu, lag] }, { currentMetrics: [cpuNow, lagNow] }),
  ]);

  expect(await readScaling(kube, app)).toEqual({
    wanted: 4,
    ready: 2,
    metrics: [
      { name: 'cpu', unit: '%', target: 70, current: 180 },
      { name: 's0-kafka-trades', unit: '', target: 50, current: 12.5 },
    ],
  });
  expect(await findAutoscaler(kube, app)).toEqual({
    kind: 'HorizontalPodAutoscaler',
    name: 'prediction-api',
    min: 1,
    max: 5,
  });
});

it('quotes an autoscaler that cannot act, and has no number before the first measurement', async () => {
  const conditions = [
    { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale', message: 'fine' },
    { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message: 'no metrics API' },
  ];
  const kube = fakeKube([deployment, hpa('a', { metrics: [cpu] }, { currentMetrics: null, conditions })]);

  expect(await readScaling(kube, app)).toMatchObject({
    metrics: [{ name: 'cpu', current: null }],
    trouble: 'FailedGetResourceMetric: no metrics API',
  });
});

it('finds nothing to be wrong with an app that was scaled to zero', async () => {
  const conditions = [
    { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message: 'the target is zero' },
  ];
  const kube = fakeKube([deployment, hpa('a', { metrics: [cpu] }, { conditions })]);

  expect(await readScaling(kube, app)).not.toHaveProperty('trouble');
});

it('names the ScaledObject, whose tool the other autoscaler is', async () => {
  const kube = fakeKube([
    deployment,
    hpa('keda-hpa-prediction-api', {}, {}),
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: app,
      spec: { scaleTargetRef: { name: app.name }, maxReplicaCount: 6 },
    },
  ]);

  expect(await findAutoscaler(kube, app)).toEqual({
    kind: 'ScaledObject',
    name: 'prediction-api',
    min: 0,
    max: 6,
  });
});

it('knows when nobody scales it', async () => {
  const other = { ...app, name: 'trades' };
  const kube = fakeKube([deployment, hpa('other', { scaleTargetRef: { ...target, name: 'trades' } }, {})]);

  expect(await findAutoscaler(kube, app)).toBeUndefined();
  expect(await readScaling(kube, app)).toEqual({ wanted: 4, ready: 2, metrics: [] });
  expect(await readScaling(kube, other)).toBeUndefined();
});
