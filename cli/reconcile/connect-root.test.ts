import { expect, it } from 'vitest';
import { fakeKube } from '../ports/kube.fake.ts';
import type { GitAccess } from '../publish/git-credentials.ts';
import { connectRoot } from './connect-root.ts';
import { commitOf, rootObjects, type RootSpec } from './root-objects.ts';

const basic = { kind: 'basic', username: 'flux', password: 'secret' } as const;
const source: GitAccess = { url: 'http://127.0.0.1:1/dev.git', credentials: basic };
const spec: RootSpec = {
  environment: 'dev',
  source,
  branch: 'main',
  interval: '10m',
  retryInterval: '15s',
};
const commit = 'a'.repeat(40);

it('applies the source, its Secret and the root once', async () => {
  const kube = fakeKube();
  expect(await connectRoot(kube, spec)).toBe('done');
  expect(kube.calls).toEqual([
    'apply Secret/flux-system/platform-git',
    'apply GitRepository/flux-system/platform',
    'apply Kustomization/flux-system/platform',
  ]);
  expect(await connectRoot(kube, spec)).toBe('already');
});

it('applies only what differs: a new address, a pinned commit, and the way back to the branch', async () => {
  const kube = fakeKube();
  await connectRoot(kube, { ...spec, commit });
  kube.calls.length = 0;

  expect(await connectRoot(kube, spec)).toBe('done');
  await connectRoot(kube, { ...spec, source: { ...source, url: 'http://127.0.0.1:2/dev.git' } });
  expect(kube.calls).toEqual([
    'apply GitRepository/flux-system/platform',
    'apply GitRepository/flux-system/platform',
  ]);
});

it.each<[string, Partial<RootSpec>]>([
  ['the folder of a component for this engine', { adapted: [{ name: 'metrics-server', engine: 'kind' }] }],
  ['the authority of the git host', { source: { ...source, credentials: { ...basic, ca: 'PEM' } } }],
])('takes away what is wanted no more: %s', async (_what, before) => {
  const kube = fakeKube();
  await connectRoot(kube, { ...spec, ...before });

  expect(await connectRoot(kube, spec)).toBe('done');
});

it('reads the commit of every form of revision that Flux writes', () => {
  expect(commitOf(`main@sha1:${commit}`)).toBe(commit);
  expect(commitOf(`sha1:${commit}`)).toBe(commit);
  expect(commitOf(undefined)).toBeUndefined();
});

it('has Flux keep what clusters may apply, and not the program, its tests and the documents', () => {
  const source = rootObjects(spec).find(({ kind }) => kind === 'GitRepository');
  const { ignore } = source?.['spec'] as { ignore: string };
  expect(ignore.split('\n')).toEqual(expect.arrayContaining(['/cli', '/docs', '/templates']));
  for (const applied of ['apps', 'clusters', 'infrastructure']) expect(ignore).not.toContain(applied);
});

it('points components at their folder for the engine, and leaves all others as git has them', () => {
  const patchesOf = (more: Partial<RootSpec>): unknown =>
    (rootObjects({ ...spec, ...more }).at(-1)?.['spec'] as { patches?: unknown }).patches;

  expect(patchesOf({ adapted: [] })).toBeUndefined();
  expect(
    patchesOf({
      adapted: [
        { name: 'keda', engine: 'embedded' },
        { name: 'metrics-server', engine: 'kind' },
      ],
    }),
  ).toEqual([
    {
      target: { kind: 'Kustomization', name: 'keda' },
      patch: '[{"op":"replace","path":"/spec/path","value":"./infrastructure/controllers/keda/embedded"}]',
    },
    {
      target: { kind: 'Kustomization', name: 'metrics-server' },
      patch: '[{"op":"add","path":"/spec/components","value":["../../kind"]}]',
    },
  ]);
});
