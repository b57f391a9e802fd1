import { expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { fakeKube } from '../ports/kube.fake.ts';
import { deployment, object } from '../testing/cluster-objects.ts';
import { kindsWithEvents, readCluster, type ClusterObjects } from './read-cluster.ts';

it('reads workloads, and neither Secrets nor ConfigMaps', async () => {
  const kube = fakeKube([
    deployment('trades', 1),
    object('v1', 'Secret', 'db'),
    object('v1', 'ConfigMap', 'trades'),
  ]);

  expect((await readCluster(kube)).objects.map(({ kind }) => kind)).toEqual(['Deployment']);
});

it('reads the events that warn, and all of them where somebody wants to see them', async () => {
  const events = ['Normal', 'Warning'].map((type) => ({
    ...object('v1', 'Event', type.toLowerCase()),
    type,
  }));
  const kube = fakeKube(events);
  const namesOf = ({ objects }: ClusterObjects): string[] => objects.map(({ metadata }) => metadata.name);

  expect(namesOf(await readCluster(kube))).toEqual(['warning']);
  expect(namesOf(await readCluster(kube, kindsWithEvents))).toEqual(['normal', 'warning']);
});

it('notes a kind that the server refuses, and shows the rest', async () => {
  const kube = fakeKube([deployment('trades', 1)]);
  const list: typeof kube.list = async (kind) => {
    if (kind.kind === 'Event')
      throw new PlatformError('KUBE_REJECTED', 'events is forbidden', 'kubectl auth whoami');
    return kube.list(kind);
  };

  expect(await readCluster({ list })).toMatchObject({
    objects: [{ kind: 'Deployment' }],
    notes: ['Event objects are not shown: events is forbidden'],
  });
});
