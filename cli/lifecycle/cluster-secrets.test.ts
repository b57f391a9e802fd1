import { describe, expect, it } from 'vitest';
import type { Build } from '../build/build.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import { applyAgeKey, applySecrets, missingSecrets } from './cluster-secrets.ts';

const key = { identity: 'AGE-SECRET-KEY-1TEST', recipient: 'age1test' };
const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml' } };
const api: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', namespace: 'ml' },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'api',
            env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }],
            envFrom: [{ secretRef: { name: 'in-git' } }, { secretRef: { name: 'maybe', optional: true } }],
          },
        ],
      },
    },
  },
};
const database = { apiVersion: 'v1', kind: 'Secret', namespace: 'ml', name: 'database' };
const inGit: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'in-git', namespace: 'ml' } };

function build(...objects: KubeObject[]): Build {
  const kustomization = { name: 'api', path: 'apps/api', dependsOn: [], wait: false, prune: true, objects };
  return { environment: 'dev', fluxObjects: [], kustomizations: [kustomization] };
}

it('finds exactly the Secrets and keys that nothing else provides', () => {
  expect(missingSecrets(build(namespace, api, inGit))).toEqual([
    { namespace: 'ml', name: 'database', keys: ['password'], by: 'Deployment/ml/api' },
  ]);
});

it('leaves to External Secrets what they bring', () => {
  const external: KubeObject = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'from-vault', namespace: 'ml' },
    spec: { target: { name: 'database' } },
  };

  expect(missingSecrets(build(namespace, api, inGit, external))).toEqual([]);
});

it('leaves everything of a namespace but its name to git: Flux could not take away what is owned twice', async () => {
  const kube = fakeKube();
  const strict = {
    ...namespace,
    metadata: { name: 'ml', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };

  await applySecrets(kube, build(strict, api, inGit), key);

  const made = await kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'ml' });
  expect(made?.metadata.annotations).toEqual({ 'platform.dev/made-by': 'bootstrap' });
  expect(made?.metadata.labels).toBeUndefined();
});

it('applies namespaces, key and Secrets once, and leaves what is there as it is', async () => {
  const kube = fakeKube();

  expect(await applySecrets(kube, build(namespace, api, inGit), key)).toBe('done');
  expect(kube.calls).toEqual([
    'apply Namespace/flux-system',
    'apply Namespace/ml',
    'apply Secret/flux-system/sops-age',
    'apply Secret/ml/database',
  ]);
  expect(await applySecrets(kube, build(namespace, api, inGit), key)).toBe('already');
  expect(kube.calls).toHaveLength(4);
});

it('adds a key to those that the cluster has, and takes them away only where it is told to', async () => {
  const kube = fakeKube();
  const other = { identity: 'AGE-SECRET-KEY-1OTHER', recipient: 'age1other' };
  const keys = async (): Promise<string[]> => {
    const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'flux-system', name: 'sops-age' };
    const data = (await kube.get(secret))?.['data'] as Record<string, string>;
    return (
      Buffer.from(data['identity.agekey'] ?? '', 'base64')
        .toString()
        .match(/^AGE-.+$/gm) ?? []
    );
  };

  expect(await applyAgeKey(kube, other, 'keep')).toBe(1);
  expect(await applyAgeKey(kube, key, 'keep')).toBe(1);
  expect(await keys()).toEqual([key.identity, other.identity]);
  expect(await applyAgeKey(kube, other, 'keep')).toBe(0);

  expect(await applyAgeKey(kube, { ...key, older: [other] }, 'drop')).toBe(0);
  expect(await applyAgeKey(kube, key, 'drop')).toBe(1);
  expect(await keys()).toEqual([key.identity]);
  expect(await applyAgeKey(kube, key, 'drop')).toBe(0);
});

it('makes other random values for each cluster', async () => {
  const [one, other] = [fakeKube(), fakeKube()];
  for (const kube of [one, other]) await applySecrets(kube, build(namespace, api, inGit), key);
  const data = async (kube: typeof one): Promise<unknown> => (await kube.get(database))?.['data'];

  expect(Object.keys((await data(one)) as object)).toEqual(['password']);
  expect(await data(one)).not.toEqual(await data(other));
});

describe('on a cluster that was there before', () => {
  const kubectl = 'kubectl --context acme-stage';

  it('makes no value up, and says who needs which Secret and how to bring it', async () => {
    const kube = fakeKube();

    await expect(applySecrets(kube, build(namespace, api), key, kubectl)).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      message: 'Deployment/ml/api needs Secret/ml/in-git, which is neither in git nor in the cluster',
      hint: `Put it into git, encrypted (README, Secrets), or: ${kubectl} create secret generic in-git --namespace ml --from-env-file=<file>`,
      details: [
        {
          message: 'Deployment/ml/api needs Secret/ml/database, which is neither in git nor in the cluster',
          hint: expect.stringContaining('--from-file=password=<file>') as string,
        },
      ],
    });
    expect(await kube.list({ apiVersion: 'v1', kind: 'Namespace' })).toHaveLength(2); // to put the Secret into
  });

  it('takes what is there', async () => {
    const kube = fakeKube([{ ...database, metadata: database, data: {} }]);

    expect(await applySecrets(kube, build(namespace, api, inGit), key, kubectl)).toBe('done');
    expect(await kube.get(database)).toMatchObject({ data: {} });
  });

  it('waits for what a chart of that namespace may bring', async () => {
    const release: KubeObject = {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'postgres', namespace: 'flux-system' },
      spec: { targetNamespace: 'ml' },
    };

    expect(await applySecrets(fakeKube(), build(namespace, api, release), key, kubectl)).toBe('done');
  });
});
