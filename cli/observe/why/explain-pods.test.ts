import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import {
  conditions,
  deployment,
  job,
  kustomization,
  now,
  pod,
  replicaSet,
  revision,
  warning,
} from '../../testing/cluster-objects.ts';
import { buildModel, explain } from '../build-model.ts';
import type { Cause } from '../model.ts';

const owner = kustomization('trades', {
  applied: revision('a'),
  inventory: ['ml_trades_apps_Deployment', 'ml_history_batch_Job'],
});
const trades = deployment('trades', 0);
const set = replicaSet('trades-1', trades);

function causeOf(id: string, ...objects: KubeObject[]): Cause | undefined {
  return explain(buildModel({ objects: [owner, ...objects], notes: [] }, now), id);
}

const waiting = (reason: string, message: string, more: object = {}): object => ({
  phase: 'Pending',
  containerStatuses: [
    {
      name: 'app',
      image: 'registry.test/trades:9',
      restartCount: 0,
      state: { waiting: { reason, message } },
      ...more,
    },
  ],
});

describe('the culprit behind a Deployment', () => {
  it.each([
    [
      'image-pull',
      waiting('ImagePullBackOff', 'rpc error: manifest unknown'),
      'ImagePullBackOff of registry.test/trades:9: there is no such image',
      'registry.test/trades:9',
    ],
    [
      'image-pull',
      waiting('ErrImagePull', 'unauthorized'),
      'ErrImagePull of registry.test/trades:9: the registry refuses',
      'kubectl get -n ml secrets',
    ],
    [
      'image-pull',
      waiting('ErrImagePull', 'no such host', { image: 'platform.local/trades:0.0.0-demo.1' }),
      'ErrImagePull of platform.local/trades:0.0.0-demo.1: the registry does not answer',
      'platform image build trades && platform image load trades',
    ],
    [
      'crash-loop',
      waiting('CrashLoopBackOff', 'back-off', {
        restartCount: 4,
        lastState: { terminated: { exitCode: 101, reason: 'Error' } },
      }),
      'CrashLoopBackOff of container app, exit code 101, restarted 4 times',
      'kubectl logs -n ml trades-1-x -c app --tail 50 --previous',
    ],
    [
      'out-of-memory',
      waiting('CrashLoopBackOff', '', {
        restartCount: 1,
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
      'OOMKilled of container app, exit code 137, restarted once, it needs more memory',
      'Raise its memory limit',
    ],
    [
      'container-config',
      waiting('CreateContainerConfigError', 'secret "db" not found'),
      'secret "db" not found',
      'kubectl get -n ml secret db',
    ],
    [
      'container-config',
      waiting('CreateContainerConfigError', "couldn't find key url in ConfigMap ml/trades"),
      'key url',
      'kubectl get -n ml configmap trades',
    ],
    [
      'unschedulable',
      {
        phase: 'Pending',
        conditions: conditions([
          'PodScheduled',
          'False',
          'Unschedulable',
          '0/2 nodes are available: 2 Insufficient cpu. more',
        ]),
      },
      'no node takes it, "0/2 nodes are available: 2 Insufficient cpu"',
      'kubectl describe nodes',
    ],
    ['pod-not-ready', { phase: 'Pending' }, 'Pending', 'kubectl describe -n ml pod trades-1-x'],
  ])('is its pod: %s', (rule, status, says, next) => {
    const cause = causeOf('Deployment/ml/trades', trades, set, pod('trades-1-x', set, status));

    expect(cause).toMatchObject({ rule, evidence: { kind: 'Pod', name: 'trades-1-x' }, final: false });
    expect(cause?.sentence).toContain('Deployment ml/trades 0/1 ← Pod ml/trades-1-x: ');
    expect(cause?.sentence).toContain(says);
    expect(cause?.next).toContain(next);
  });

  it('is the probe that fails', () => {
    const slow = pod('trades-1-x', set, {
      phase: 'Running',
      containerStatuses: [{ name: 'app', ready: false, state: { running: {} } }],
      conditions: conditions(['Ready', 'False']),
    });

    const cause = causeOf(
      'Deployment/ml/trades',
      trades,
      set,
      slow,
      warning(slow, 'Unhealthy', 'Readiness probe failed: HTTP 503'),
    );

    expect(cause).toMatchObject({
      rule: 'probe-failing',
      sentence: expect.stringContaining('HTTP 503') as string,
    });
  });

  it('is a new pod before one that merely starts', () => {
    const starting = pod('a', set, { phase: 'Pending' });
    const broken = pod('b', set, waiting('ImagePullBackOff', ''));

    expect(causeOf('Deployment/ml/trades', trades, set, starting, broken)?.evidence.name).toBe('b');
  });

  it.each([
    [
      'quota',
      'pods "x" is forbidden: exceeded quota: few, requested: pods=1',
      "the namespace's quota refuses its pods (few, requested: pods=1)",
    ],
    [
      'pod-security',
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'pod security refuses its pods',
    ],
    [
      'service-account',
      'error looking up service account ml/ghost: serviceaccount "ghost" not found',
      'the ServiceAccount ghost does not exist',
    ],
    ['webhook', 'admission webhook "deny.test" denied the request', 'an admission webhook refuses its pods'],
    ['pod-refused', 'something else', 'its pods are refused (something else)'],
  ])('is whatever refuses its pods: %s', (rule, message, says) => {
    const refused = replicaSet('trades-1', trades, {
      conditions: conditions(['ReplicaFailure', 'True', 'FailedCreate', message]),
    });

    const cause = causeOf('Deployment/ml/trades', trades, refused);

    expect(cause).toMatchObject({ rule, evidence: { kind: 'ReplicaSet' } });
    expect(cause?.sentence).toContain(says);
  });

  it('is missing when it was deleted by hand', () => {
    expect(causeOf('Deployment/ml/trades')).toMatchObject({
      rule: 'missing',
      next: 'kubectl get -n ml deployment trades',
    });
  });
});

describe('the culprit behind a Job', () => {
  it('is the Job itself once it has failed, with the exit code of its pod', () => {
    const history = job('history', {
      conditions: conditions(['Failed', 'True', 'BackoffLimitExceeded', 'too often']),
    });
    const last = pod('history-x', history, {
      phase: 'Failed',
      containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 3, reason: 'Error' } } }],
    });

    expect(causeOf('Job/ml/history', history, last)).toMatchObject({
      rule: 'job-failed',
      sentence: 'Job ml/history: failed (BackoffLimitExceeded, container app ended with exit code 3) (4m)',
      next: 'kubectl logs -n ml job/history --tail 50',
      final: true,
    });
  });

  it('falls back to the newest Warning event', () => {
    const history = job('history', {});

    expect(causeOf('Job/ml/history', history, warning(history, 'Odd', 'never seen'))?.sentence).toBe(
      'Job ml/history: 0 of 1 completed, 0 running (Odd: never seen) (4m)',
    );
  });
});
