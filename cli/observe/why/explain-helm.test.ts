import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import { conditions, now, object } from '../../testing/cluster-objects.ts';
import { buildModel, explain } from '../build-model.ts';
import type { Cause } from '../model.ts';

function causeOf(id: string, ...objects: KubeObject[]): Cause {
  const cause = explain(buildModel({ objects, notes: [] }, now), id);
  if (!cause) throw new Error(`${id} is Ready, or not there`);
  return cause;
}

const ready = (status: 'True' | 'False', reason: string, message = ''): object[] =>
  conditions(['Ready', status, reason, message]);

describe('the culprit behind a HelmRelease', () => {
  it('is the repository of its chart', () => {
    const helm = (kind: string, name: string, reason: string, message: string, parts: object): KubeObject =>
      object(
        kind === 'HelmRelease' ? 'helm.toolkit.fluxcd.io/v2' : 'source.toolkit.fluxcd.io/v1',
        kind,
        name,
        {
          namespace: 'flux-system',
          ...parts,
          status: { helmChart: 'flux-system/chart', conditions: ready('False', reason, message) },
        },
      );
    const release = helm('HelmRelease', 'redis', 'SourceNotReady', 'HelmChart is not ready', {});
    const chart = helm('HelmChart', 'chart', 'NoSourceArtifact', 'no artifact', {
      spec: { sourceRef: { kind: 'HelmRepository', name: 'charts' } },
    });
    const repository = helm('HelmRepository', 'charts', 'Failed', 'Get "http://x": no such host', {
      spec: { url: 'http://x' },
    });

    expect(causeOf('HelmRelease/flux-system/redis', release, chart, repository)).toMatchObject({
      rule: 'source-unreachable',
      sentence: expect.stringContaining('http://x cannot be reached (no such host)') as string,
    });
  });

  it('is what Helm says, when its retries are used up', () => {
    const failed =
      'Helm install failed for release ml/redis with chart redis@1.2.3: unable to build kubernetes objects: no matches for kind "Redis"\n\nLast Helm logs:\n\nmore';
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'redis', {
      status: {
        conditions: conditions(
          ['Stalled', 'True', 'RetriesExceeded', 'Failed to install after 1 attempt(s)'],
          ['Ready', 'False', 'RetriesExceeded', 'Failed to install after 1 attempt(s)'],
          ['Released', 'False', 'InstallFailed', failed],
        ),
      },
    });

    expect(causeOf('HelmRelease/ml/redis', release)).toMatchObject({
      rule: 'helm-retries',
      sentence:
        'HelmRelease ml/redis: install of redis@1.2.3 failed, no retries left: unable to build kubernetes objects: no matches for kind "Redis" (4m)',
      next: 'platform reconcile HelmRelease/ml/redis --reset',
      final: true,
    });
  });

  it('is what Helm says, while it is tried again', () => {
    const failed = 'Helm upgrade failed for release ml/redis with chart redis@1.2.3: timed out';
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'redis', {
      status: {
        observedGeneration: 1,
        conditions: conditions(
          ['Reconciling', 'True', 'Progressing', "Running 'upgrade' action with timeout of 20s"],
          ['Ready', 'False', 'UpgradeFailed', failed],
          ['Released', 'False', 'UpgradeFailed', failed],
        ),
      },
    });

    expect(causeOf('HelmRelease/ml/redis', release)).toMatchObject({
      rule: 'helm-release',
      sentence: 'HelmRelease ml/redis: upgrade of redis@1.2.3 failed, and is tried again: timed out (4m)',
      final: false,
    });
  });

  it('is itself when its retries are used up and Helm says nothing', () => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'redis', {
      status: {
        conditions: conditions(
          ['Stalled', 'True', 'RetriesExceeded', 'Failed to install after 1 attempt(s)'],
          ['Ready', 'False', 'InstallFailed'],
        ),
      },
    });

    expect(causeOf('HelmRelease/ml/redis', release)).toMatchObject({
      rule: 'stalled',
      sentence: 'HelmRelease ml/redis: gave up (RetriesExceeded): Failed to install after 1 attempt(s) (4m)',
      final: true,
    });
  });
});
