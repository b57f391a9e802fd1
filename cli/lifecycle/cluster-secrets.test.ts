import { expect, it } from 'vitest';
import type { Build } from '../build/build.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import type { KubeObject } from '../ports/kube.ts';
import { applySecrets, missingSecrets } from './cluster-secrets.ts';

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
const inGit: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'in-git', namespace: 'ml' } };

function build(...objects: KubeObject[]): Build {
  const kustomization = { name: 'api', path: 'apps/api', dependsOn: [], wait: false, prune: true, objects };
  return { environment: 'dev', fluxObjects: [], kustomizations: [kustomization] };
}

it('makes random values for exactly the Secrets and keys that nothing else provides', () => {
  const [secret, ...others] = missingSecrets(build(namespace, api, inGit));
  const [again] = missingSecrets(build(namespace, api, inGit));

  expect(others).toEqual([]);
  expect(secret).toMatchObject({ kind: 'Secret', metadata: { name: 'database', namespace: 'ml' } });
  expect(Object.keys(secret?.['data'] as object)).toEqual(['password']);
  expect(secret?.['data']).not.toEqual(again?.['data']);
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
