import { describe, expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { appNameFrom, findRunningPod, kindOfName, requireRealApp } from './find-pod.ts';
import type { OpenCluster } from './open-cluster.ts';
import { servicePort } from './service-port.ts';

const environment = { name: 'dev', values: { apps: { trades: {}, 'prediction-api': {} } } };
const on = (engine: string): OpenCluster =>
  ({ engine: { name: engine }, environment }) as unknown as OpenCluster;

function pod(name: string, phase: string, ready: boolean): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ml', labels: { 'app.kubernetes.io/name': 'trades' } },
    spec: { containers: [{ name: 'main' }, { name: 'sidecar' }] },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

describe('the name of an app on the command line', () => {
  it('stands alone, or after its environment', () => {
    expect(appNameFrom(['trades'], 'open')).toEqual({ environment: undefined, app: 'trades' });
    expect(appNameFrom(['dev', 'trades'], 'open')).toEqual({ environment: 'dev', app: 'trades' });
    expect(() => appNameFrom(['dev', 'trades', 'x'], 'open')).toThrow('at most its environment');
  });

  it('is told apart from the name of an environment by what the repository has', async () => {
    const root = await temporaryTree({ 'clusters/dev/values.yaml': '', 'templates/apps/trades/x': '' });

    expect(await kindOfName({ root }, 'dev')).toBe('environment');
    expect(await kindOfName({ root }, 'trades')).toBe('app');
    expect(await kindOfName({ root }, '../clusters')).toBeUndefined();
  });

  it('must be one of the environment, on an engine whose pods are real', () => {
    expect(() => requireRealApp(on('kind'), 'trade')).toThrow('there is no app named trade');
    expect(() => requireRealApp(on('embedded'), 'trades')).toThrow('no container of trades runs');
    expect(() => requireRealApp(on('kind'), 'trades')).not.toThrow();
  });
});

describe('the pod to go into', () => {
  it('is a ready one before one that only runs, and its first container', async () => {
    const kube = fakeKube([
      pod('a', 'Pending', false),
      pod('b', 'Running', false),
      pod('c', 'Running', true),
    ]);

    expect(await findRunningPod({ kube, environment } as never, 'trades')).toEqual({
      namespace: 'ml',
      name: 'c',
      container: 'main',
    });
  });

  it('is missed with the command that says why', async () => {
    const kube = fakeKube([pod('a', 'Pending', false)]);

    await expect(findRunningPod({ kube, environment } as never, 'trades')).rejects.toMatchObject({
      code: 'RECONCILE_FAILED',
      hint: 'platform status dev',
    });
  });
});

describe('the Service of an app', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'prediction-api',
      namespace: 'ml',
      labels: { 'app.kubernetes.io/part-of': 'price-prediction' },
    },
    spec: { ports: [{ port: 80 }] },
  };

  it('is reached at its first port', async () => {
    expect(await servicePort(fakeKube([service]), 'prediction-api')).toEqual({ namespace: 'ml', port: 80 });
  });

  it('is missed with the names of those that are there', async () => {
    await expect(servicePort(fakeKube([service]), 'trades')).rejects.toMatchObject({
      code: 'APP_UNKNOWN',
      hint: 'These have one: prediction-api',
    });
  });
});
