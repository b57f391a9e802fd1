import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kube.ts';
import {
  conditions,
  deployment,
  fourMinutesAgo,
  gitRepository,
  job,
  kustomization,
  now,
  object,
  revision,
} from '../../testing/cluster-objects.ts';
import { buildModel, explain } from '../build-model.ts';
import type { Cause } from '../model.ts';

const a = revision('a');

function causeOf(id: string, ...objects: KubeObject[]): Cause {
  const cause = explain(buildModel({ objects, notes: [] }, now), id);
  if (!cause) throw new Error(`${id} is Ready, or not there`);
  return cause;
}

const ready = (status: 'True' | 'False', reason: string, message = ''): object[] =>
  conditions(['Ready', status, reason, message]);

function deleted(object: KubeObject, finalizer: string): KubeObject {
  const metadata = { ...object.metadata, deletionTimestamp: fourMinutesAgo, finalizers: [finalizer] };
  return { ...object, metadata };
}

describe('the culprit behind a Kustomization', () => {
  it('that is being deleted is what keeps Flux from doing so', () => {
    const store = object('external-secrets.io/v1', 'ClusterSecretStore', 'platform');
    const applier = kustomization('stores', {
      applied: a,
      inventory: ['_platform_external-secrets.io_ClusterSecretStore'],
    });
    const cause = causeOf(
      'Kustomization/flux-system/stores',
      deleted(applier, 'finalizers.fluxcd.io'),
      deleted({ ...store, metadata: { name: 'platform' } }, 'example.com/in-use'),
    );

    expect(cause).toMatchObject({
      rule: 'deleting',
      sentence: 'stores ← ClusterSecretStore platform: is being deleted, waits for example.com/in-use (4m)',
    });
  });

  it('that is being deleted is itself to blame where nothing of it is in the way', () => {
    const cause = causeOf(
      'Kustomization/flux-system/stores',
      deleted(kustomization('stores', { applied: a }), 'finalizers.fluxcd.io'),
    );

    expect(cause.sentence).toBe('stores: is being deleted, waits for finalizers.fluxcd.io (4m)');
  });

  it.each([
    {
      rule: 'path-missing',
      reason: 'ArtifactFailed',
      message: 'kustomization path not found: stat /tmp/kustomization-1/apps/gone: no such file or directory',
      says: 'trades: the repository has no folder apps/gone (4m)',
      final: true,
    },
    {
      rule: 'build-failed',
      reason: 'BuildFailed',
      message:
        "kustomize build failed: accumulating resources from 'a.yaml': open /tmp/kustomization-1/apps/x/a.yaml: no such file",
      says: "trades: kustomize build failed: accumulating resources from 'a.yaml': open apps/x/a.yaml: no such file (4m)",
      final: true,
    },
    {
      rule: 'build-failed',
      reason: 'BuildFailed',
      message: 'kustomize build failed: https://example.test/base: dial tcp: i/o timeout',
      says: 'trades: kustomize build failed: https://example.test/base: dial tcp: i/o timeout (4m)',
      final: false,
    },
    {
      rule: 'decryption',
      reason: 'BuildFailed',
      message: 'failed to decrypt and format secret.yaml: cannot get sops data key',
      says: 'trades: its secrets cannot be decrypted (failed to decrypt and format secret.yaml: cannot get sops data key) (4m)',
      final: false,
    },
    {
      rule: 'apply-rejected',
      reason: 'ReconciliationFailed',
      message:
        'Deployment/ml/x dry-run failed (Invalid): Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: must be 0 or more',
      says: 'trades: the API server refuses Deployment ml/x: spec.replicas: Invalid value: -1: must be 0 or more (4m)',
      final: true,
    },
    {
      rule: 'apply-webhook',
      reason: 'ReconciliationFailed',
      message:
        'ConfigMap/ml/x dry-run failed (InternalError): Internal error occurred: failed calling webhook "a.test": failed to call webhook: connection refused',
      says: 'trades: an admission webhook refuses ConfigMap ml/x ("a.test": failed to call webhook: connection refused) (4m)',
      final: false,
    },
    {
      rule: 'immutable',
      reason: 'ReconciliationFailed',
      message:
        'Job/ml/j dry-run failed (Invalid): Job.batch "j" is invalid: spec.template: Invalid value: {"a":1}: field is immutable',
      says: 'trades: Job ml/j cannot be changed in place: spec.template is immutable (4m)',
      final: true,
    },
    {
      rule: 'kind-unknown',
      reason: 'ReconciliationFailed',
      message:
        'SecretStore/ml/x dry-run failed: no matches for kind "SecretStore" in version "external-secrets.io/v1"',
      says: 'trades: the cluster knows no SecretStore in external-secrets.io/v1: its CRD is not installed yet (4m)',
      final: false,
    },
    {
      rule: 'namespace-missing',
      reason: 'ReconciliationFailed',
      message: 'Deployment/ml/x dry-run failed (NotFound): namespaces "ml" not found',
      says: 'trades: the namespace ml does not exist (4m)',
      final: false,
    },
    {
      rule: 'fallback',
      reason: 'PruneFailed',
      message: 'prune failed: timeout',
      says: 'trades: prune failed: timeout (4m)',
      final: false,
    },
  ])('is itself: $rule', ({ rule, reason, message, says, final }) => {
    const trades = kustomization('trades', { attempted: a, conditions: ready('False', reason, message) });

    expect(causeOf('Kustomization/flux-system/trades', trades, gitRepository(a))).toMatchObject({
      rule,
      sentence: says,
      final,
    });
  });

  it('is found behind a dependency, through its health check, down to the Deployment', () => {
    const infra = kustomization('infra', {
      attempted: a,
      conditions: ready(
        'False',
        'HealthCheckFailed',
        "health check failed: timeout waiting for: [Deployment/ml/db status: 'InProgress']",
      ),
      inventory: ['ml_cache_apps_Deployment', 'ml_db_apps_Deployment'],
    });
    const apps = kustomization('apps', {
      conditions: ready('False', 'DependencyNotReady', "dependency 'flux-system/infra' is not ready"),
    });
    const db = deployment('db', 0, 1, {
      conditions: conditions(['Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out']),
    });

    expect(causeOf('Kustomization/flux-system/apps', apps, infra, deployment('cache', 0), db)).toMatchObject({
      rule: 'rollout-stuck',
      sentence: 'apps waits for infra ← Deployment ml/db 0/1: its rollout is stuck: timed out (4m)',
      chain: ['Kustomization/flux-system/apps', 'Kustomization/flux-system/infra', 'Deployment/ml/db'],
      evidence: { kind: 'Deployment', name: 'db' },
      next: 'kubectl describe -n ml deployment db',
    });
  });

  it('is nothing but the work itself', () => {
    const doing = `Building manifests for revision ${a} with a timeout of 30s`;
    const trades = kustomization('trades', {
      conditions: conditions(['Ready', 'Unknown'], ['Reconciling', 'True', 'Progressing', doing]),
    });

    expect(causeOf('Kustomization/flux-system/trades', trades)).toMatchObject({
      rule: 'in-progress',
      sentence: 'trades: Building manifests at aaaaaaa, for at most 30s (4m)',
    });
  });

  it('is a Job that still runs', () => {
    const candles = kustomization('candles', {
      conditions: ready('False', 'DependencyNotReady', "dependency 'flux-system/trades' is not ready"),
    });
    const trades = kustomization('trades', {
      attempted: a,
      conditions: conditions(
        ['Ready', 'Unknown'],
        ['Reconciling', 'True', 'Progressing', `Running health checks for revision ${a}`],
      ),
      inventory: ['ml_history_batch_Job'],
    });

    expect(
      causeOf('Kustomization/flux-system/candles', candles, trades, job('history', { active: 1 })),
    ).toMatchObject({
      rule: 'job-running',
      sentence: expect.stringContaining('candles waits for trades ← Job ml/history: still runs') as string,
    });
  });

  it('is a dependency that does not exist', () => {
    const apps = kustomization('apps', {
      conditions: ready('False', 'DependencyNotReady', "dependency 'flux-system/ghost' not found"),
    });

    expect(causeOf('Kustomization/flux-system/apps', apps)).toMatchObject({
      rule: 'missing',
      sentence: 'apps waits for ghost: not in the cluster',
    });
  });

  it('is a circle of dependencies, told where it closes', () => {
    const one = kustomization('one', {
      conditions: ready('False', 'DependencyNotReady', "dependency 'flux-system/two' is not ready"),
    });
    const two = kustomization('two', {
      conditions: ready('False', 'DependencyNotReady', "dependency 'flux-system/one' is not ready"),
    });

    expect(causeOf('Kustomization/flux-system/one', one, two).chain).toEqual([
      'Kustomization/flux-system/one',
      'Kustomization/flux-system/two',
    ]);
  });

  it('is a suspended Kustomization above it, when it was taken away by hand', () => {
    const apps = kustomization(
      'apps',
      { applied: a, inventory: ['ml_trades_apps_Deployment'] },
      { suspend: true },
    );

    expect(causeOf('Deployment/ml/trades', apps)).toMatchObject({
      rule: 'suspended-ancestor',
      sentence: 'Deployment ml/trades: apps above it is suspended, so nothing changes it',
    });
  });
});

describe('the culprit behind a source', () => {
  it.each([
    ['source-auth', 'unable to clone: authentication required', 'refuses the credentials'],
    [
      'source-host-key',
      'unable to clone: ssh: handshake failed: knownhosts: key mismatch',
      'shows a host key',
    ],
    ['source-ref', 'unable to clone: couldn\'t find remote ref "refs/heads/nope"', 'has no branch nope'],
    [
      'source-unreachable',
      'unable to clone: dial tcp 127.0.0.1:1: connect: connection refused',
      'cannot be reached',
    ],
    ['source-not-found', 'unable to clone: repository not found', 'is not there'],
    ['source-secret', 'failed to get secret: secrets "git-token" not found', 'Secret git-token'],
  ])('is %s, seen from a Kustomization', (rule, message, says) => {
    const source = gitRepository('', ready('False', 'GitOperationFailed', message));
    const trades = kustomization('trades', {
      conditions: ready('False', 'ArtifactFailed', 'Source artifact not found, retrying in 1s'),
    });

    const cause = causeOf('Kustomization/flux-system/trades', trades, source);

    expect(cause).toMatchObject({ rule, evidence: { kind: 'GitRepository' } });
    expect(cause.sentence).toContain('trades waits for GitRepository flux-system/platform: ');
    expect(cause.sentence).toContain(says);
  });
});
