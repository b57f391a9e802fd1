import { expect, it } from 'vitest';
import type { Build } from '../build/build.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';
import { diffLive } from './diff-live.ts';

const labels = {
  'kustomize.toolkit.fluxcd.io/name': 'web',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};
const config = (data: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'ml', ...metadata },
  data,
});

function built(...objects: readonly KubeObject[]): Build {
  const rest = { path: 'apps/web', dependsOn: [], wait: true, prune: true };
  return { environment: 'dev', fluxObjects: [], kustomizations: [{ name: 'web', objects, ...rest }] };
}

/** The API server answers with what was sent, and with fields of its own. */
function cluster(
  ...objects: readonly KubeObject[]
): Pick<Kube, 'get' | 'dryRun'> & { readonly sent: KubeObject[] } {
  const kube = fakeKube(objects);
  const sent: KubeObject[] = [];
  return {
    sent,
    get: async (ref) => kube.get(ref),
    dryRun: async (object) => {
      sent.push(object);
      return { ...object, metadata: { ...object.metadata, generation: 9, resourceVersion: '99' } };
    },
  };
}

it('tells what was changed by hand, and stores nothing', async () => {
  const kube = cluster(config({ LEVEL: 'debug' }, { labels, generation: 1, resourceVersion: '5' }));

  expect(await diffLive(kube, built(config({ LEVEL: 'info' })))).toEqual({
    changes: [
      {
        ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ml', name: 'web' },
        kustomization: 'web',
        change: 'update',
        fields: [{ path: 'data.LEVEL', before: 'debug', after: 'info' }],
        marks: [],
      },
    ],
    notes: [],
  });
});

it('finds nothing where the cluster has what is built, with the marks that Flux puts on it', async () => {
  const kube = cluster(config({ LEVEL: 'info' }, { labels, uid: 'u', creationTimestamp: 'then' }));

  expect(await diffLive(kube, built(config({ LEVEL: 'info' })))).toEqual({ changes: [], notes: [] });
  expect(kube.sent[0]?.metadata.labels).toEqual(labels);
});

it('tells what is not there yet without a dry-run: its namespace may be missing, too', async () => {
  const kube = cluster();

  expect((await diffLive(kube, built(config({})))).changes).toMatchObject([{ change: 'create' }]);
  expect(kube.sent).toEqual([]);
});

it.each([{ reconcile: 'disabled' }, { ssa: 'IfNotPresent' }, { ssa: 'Ignore' }])(
  'leaves out what Flux leaves alone: %j',
  async (mark) => {
    const annotations = Object.fromEntries(
      Object.entries(mark).map(([key, value]) => [`kustomize.toolkit.fluxcd.io/${key}`, value]),
    );
    const kube = cluster(config({ LEVEL: 'debug' }));

    expect(await diffLive(kube, built(config({ LEVEL: 'info' }, { annotations })))).toEqual({
      changes: [],
      notes: [],
    });
  },
);

it('never asks for a Secret', async () => {
  const secret: KubeObject = { ...config({ password: 'eA==' }), kind: 'Secret' };
  const kube = { get: async () => Promise.reject(new Error('asked')), dryRun: async () => secret };

  expect(await diffLive(kube, built(secret))).toEqual({ changes: [], notes: [] });
});

it('notes what the API server refuses, and goes on; a cluster that is gone ends it', async () => {
  const kube = cluster(config({}));
  const refusing = (code: 'KUBE_REJECTED' | 'CLUSTER_UNREACHABLE') => ({
    ...kube,
    dryRun: async () => Promise.reject(new PlatformError(code, 'the server answers 403', 'ask')),
  });

  expect(await diffLive(refusing('KUBE_REJECTED'), built(config({ a: '1' })))).toEqual({
    changes: [],
    notes: ['ConfigMap/ml/web: the server answers 403'],
  });
  await expect(diffLive(refusing('CLUSTER_UNREACHABLE'), built(config({ a: '1' })))).rejects.toThrow();
});
