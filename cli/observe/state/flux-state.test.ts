import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import {
  conditions,
  gitRepository,
  kustomization,
  now,
  object,
  revision,
} from '../../testing/cluster-objects.ts';
import { indexObjects } from '../cluster-index.ts';
import { fluxState } from './flux-state.ts';

const a = revision('a');

function stateOf(subject: KubeObject, ...others: KubeObject[]): string {
  return fluxState(subject, indexObjects([subject, ...others], now)).state;
}

describe('fluxState', () => {
  it.each([
    ['Ready', kustomization('k', { applied: a })],
    ['Reconciling', kustomization('k', { applied: a, conditions: conditions(['Ready', 'Unknown']) })],
    [
      'Reconciling',
      kustomization('k', { applied: a, conditions: conditions(['Ready', 'True'], ['Reconciling', 'True']) }),
    ],
    ['Failed', kustomization('k', { conditions: conditions(['Ready', 'False', 'BuildFailed']) })],
    ['Failed', kustomization('k', { conditions: conditions(['Ready', 'True'], ['Stalled', 'True']) })],
    ['Waiting', kustomization('k', { conditions: conditions(['Ready', 'False', 'DependencyNotReady']) })],
    ['Suspended', kustomization('k', { applied: a }, { suspend: true })],
    ['Unknown', kustomization('k', { conditions: [] })],
  ])('is %s by its conditions', (state, subject) => {
    expect(stateOf(subject)).toBe(state);
  });

  it('is Failed while it waits to try again, and Reconciling once it tries', () => {
    const failed = (reason: string): KubeObject =>
      kustomization('k', {
        conditions: conditions(['Reconciling', 'True', reason], ['Ready', 'False', 'HealthCheckFailed']),
      });

    expect(stateOf(failed('ProgressingWithRetry'))).toBe('Failed');
    expect(stateOf(failed('Progressing'))).toBe('Reconciling');
  });

  it('is Failed while a source without an artifact tries again, with what the last try said', () => {
    const source = gitRepository(
      '',
      conditions(
        ['Reconciling', 'True', 'Progressing', 'building artifact'],
        ['Ready', 'Unknown', 'Progressing', 'building artifact'],
        ['FetchFailed', 'True', 'GitOperationFailed', 'authentication required'],
      ),
    );

    const seen = fluxState(source, indexObjects([source], now));
    expect(seen).toMatchObject({ state: 'Failed', message: 'authentication required' });
  });

  it('is Reconciling when its health check was broken off for a newer revision', () => {
    const cancelled = kustomization('k', {
      conditions: conditions(['Ready', 'False', 'HealthCheckCanceled']),
    });

    expect(stateOf(cancelled)).toBe('Reconciling');
  });

  it('is Waiting, not Failed, when its source is the one that failed', () => {
    const subject = kustomization('k', {
      conditions: conditions(['Ready', 'False', 'ArtifactFailed', 'Source artifact not found']),
    });
    const source = gitRepository('', conditions(['Ready', 'False', 'GitOperationFailed']));

    expect(stateOf(subject, source)).toBe('Waiting');
    expect(stateOf(subject, gitRepository(a))).toBe('Failed');
  });

  it('is Stale when its controller has not looked at the newest generation, or at a request', () => {
    const ready = kustomization('k', { applied: a });
    const changed = { ...ready, metadata: { ...ready.metadata, generation: 2 } };
    const asked = {
      ...ready,
      metadata: { ...ready.metadata, annotations: { 'reconcile.fluxcd.io/requestedAt': '7' } },
    };

    expect(stateOf(changed)).toBe('Stale');
    expect(stateOf(asked)).toBe('Stale');
  });

  it('is Deleting, and says which finalizers it waits for', () => {
    const ready = kustomization('k', { applied: a });
    const subject = {
      ...ready,
      metadata: { ...ready.metadata, deletionTimestamp: '2026-01-01T11:59:00Z', finalizers: ['f'] },
    };

    expect(fluxState(subject, indexObjects([subject], now))).toMatchObject({
      state: 'Deleting',
      message: expect.stringContaining('waits for f') as string,
    });
  });

  it('takes an OCI HelmRepository, which never gets conditions, for ready', () => {
    expect(
      stateOf(object('source.toolkit.fluxcd.io/v1', 'HelmRepository', 'charts', { spec: { type: 'oci' } })),
    ).toBe('Ready');
  });
});
