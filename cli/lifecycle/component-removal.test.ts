import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EngineDeps } from '../engines/engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import type { Kube } from '../ports/kube.ts';
import { locationsFrom } from '../ports/locations.ts';
import { fluxNamespace, kustomizationKind, rootName } from '../reconcile/root-objects.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import type { Environment } from '../values/environment.ts';
import { warnOfRemoval } from './component-removal.ts';

const kubeconfig =
  'clusters: [{ name: eks, cluster: { server: "https://eks.example.test" } }]\n' +
  'users: [{ name: ada, user: { token: "0123" } }]\n' +
  'contexts: [{ name: acme-stage, context: { cluster: eks, user: ada } }]\n';

/** A cluster with the root and these Kustomizations. */
const clusterWith = (...names: string[]): Kube =>
  fakeKube(
    [rootName, ...names].map((name) => ({
      ...kustomizationKind,
      metadata: { name, namespace: fluxNamespace },
    })),
  );

const silent = new Proxy({} as Kube, {
  get: (_, call) =>
    call === 'then'
      ? undefined
      : async () => Promise.reject(new PlatformError('CLUSTER_UNREACHABLE', 'no route', 'kubectl version')),
});

interface Where {
  readonly engine?: string;
  readonly context?: string;
  readonly remote?: string;
}

async function warnings(
  kube: Kube | undefined,
  component: string,
  from: 'enabled' | 'provided' = 'enabled',
  { engine = 'existing', context = 'acme-stage', remote }: Where = {},
): Promise<string[]> {
  const home = await temporaryTree({ config: kubeconfig });
  const locations = locationsFrom({ HOME: home, KUBECONFIG: join(home, 'config') });
  const connect = async (): Promise<Kube> => {
    if (kube === undefined) throw new Error('nobody should connect');
    return Promise.resolve(kube);
  };
  const environment = {
    name: 'stage',
    client: 'acme',
    git: { branch: 'main', remote },
    values: { engine, cluster: { context }, components: {}, flux: {} },
  } as unknown as Environment;
  const deps = { root: repositoryRoot, locations, connect } as unknown as EngineDeps;
  return warnOfRemoval(deps, environment, component, from);
}

const gone =
  'Flux takes keda out of the cluster, and all objects of its kinds with it; platform validate finds those that are left in git';

it('says what leaves the cluster where Flux applies the component there', async () => {
  expect(await warnings(clusterWith('keda'), 'keda')).toEqual([gone]);
});

it('says nothing of a component that was never deployed', async () => {
  expect(await warnings(clusterWith('trades'), 'keda')).toEqual([]);
});

it('says nothing where there is no cluster', async () => {
  expect(await warnings(undefined, 'keda', 'enabled', { engine: 'embedded' })).toEqual([]);
  expect(await warnings(fakeKube(), 'keda')).toEqual([]);
});

it.each<[string, Kube | undefined, Where]>([
  ['does not answer', silent, {}],
  ['has a context that this machine lacks', undefined, { context: 'other' }],
  ['may be on another machine', undefined, { engine: 'embedded', remote: 'https://git.example.test/p' }],
])('speaks conditionally where the cluster %s', async (_, kube, where) => {
  expect(await warnings(kube, 'keda', 'enabled', where)).toEqual([`where it was deployed, ${gone}`]);
});

it('says of a provided component that it stays, and what Flux applied for it goes', async () => {
  expect(await warnings(clusterWith('external-secrets-config'), 'external-secrets', 'provided')).toEqual([
    'Flux takes what external-secrets-config applied out of the cluster; external-secrets itself stays',
  ]);
  expect(await warnings(undefined, 'metrics-server', 'provided')).toEqual([]);
});
