import { describe, expect, it } from 'vitest';
import { conditions, deployment, job, object, replicaSet } from '../../testing/cluster-objects.ts';
import { replicaSetState, workloadState } from './workload-state.ts';

describe('workloadState', () => {
  it.each([
    ['all replicas are available', 'Ready', deployment('d', 2, 2)],
    ['some are missing', 'Reconciling', deployment('d', 1, 2)],
    [
      'old replicas are still there',
      'Reconciling',
      deployment('d', 2, 2, { replicas: 3, updatedReplicas: 2 }),
    ],
    [
      'the rollout is past its deadline',
      'Failed',
      deployment('d', 0, 1, { conditions: conditions(['Progressing', 'False', 'ProgressDeadlineExceeded']) }),
    ],
    [
      'its pods are refused',
      'Failed',
      deployment('d', 0, 1, { conditions: conditions(['ReplicaFailure', 'True', 'FailedCreate']) }),
    ],
    ['the change was not looked at', 'Stale', deployment('d', 1, 1, { observedGeneration: 0 })],
    ['it has no status', 'Unknown', object('apps/v1', 'Deployment', 'd')],
    ['it is scaled to none', 'Ready', deployment('d', 0, 0)],
  ])('of a Deployment when %s: %s', (_, state, subject) => {
    expect(workloadState(subject).state).toBe(state);
  });

  it.each([
    [
      'completed',
      'Ready',
      job('j', { succeeded: 1, conditions: conditions(['Complete', 'True']) }),
      '1 of 1 completed',
    ],
    [
      'running',
      'Reconciling',
      job('j', { active: 1, failed: 2 }),
      '0 of 1 completed, 1 running, 2 of 7 attempts failed',
    ],
    [
      'failed',
      'Failed',
      job('j', { conditions: conditions(['Failed', 'True', 'BackoffLimitExceeded', 'too often']) }),
      'BackoffLimitExceeded: too often',
    ],
    ['suspended', 'Suspended', job('j', {}, { suspend: true }), 'suspended'],
  ])('of a Job that is %s: %s', (_, state, subject, message) => {
    expect(workloadState(subject)).toMatchObject({ state, message });
  });

  it('of a StatefulSet waits until its update has reached every pod', () => {
    const status = {
      observedGeneration: 1,
      replicas: 1,
      readyReplicas: 1,
      currentRevision: 'a',
      updateRevision: 'b',
    };

    expect(workloadState(object('apps/v1', 'StatefulSet', 's', { status })).state).toBe('Reconciling');
    expect(
      workloadState(object('apps/v1', 'StatefulSet', 's', { status: { ...status, currentRevision: 'b' } }))
        .state,
    ).toBe('Ready');
  });

  it('of a DaemonSet counts the nodes that it must run on', () => {
    const status = {
      observedGeneration: 1,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 1,
    };

    expect(workloadState(object('apps/v1', 'DaemonSet', 'd', { status }))).toMatchObject({
      state: 'Reconciling',
      progress: { ready: 1, wanted: 2 },
    });
  });
});

it('a ReplicaSet whose pods are refused says so; of anything else its Deployment and its pods tell', () => {
  const owner = deployment('trades', 0);
  const refused = conditions(['ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota']);

  expect(replicaSetState(replicaSet('trades-1', owner, { conditions: refused }))).toMatchObject({
    state: 'Failed',
    message: 'FailedCreate: exceeded quota',
  });
  expect(replicaSetState(replicaSet('trades-1', owner))).toMatchObject({ state: 'Ready', message: '' });
});
