import { expect, it } from 'vitest';
import { steppingClock } from '../../ports/clock.fake.ts';
import { formatRef, refOf, type KubeObject } from '../../ports/kube.ts';
import { fakeKube } from '../../ports/kube.fake.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { fluxNamespaceObject, installedLabel } from '../flux/ownership.ts';
import { removeFlux } from './remove-flux.ts';

const owner = 'kustomize.toolkit.fluxcd.io';
const byItself = { [`${owner}/name`]: 'flux', [`${owner}/namespace`]: 'flux-system' };

function deployment(name: string, labels: Record<string, string>): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'flux-system', labels } };
}
function definition(kind: string, group: string, more: object): KubeObject {
  const plural = kind.toLowerCase().replace(/y?$/, kind.endsWith('y') ? 'ies' : 's');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...more },
    spec: { group, names: { kind, plural }, versions: [{ name: 'v1', served: true, storage: true }] },
  };
}

const ours = { managedFields: [{ manager: 'platform' }] };
const namespace = { ...fluxNamespaceObject, metadata: { ...fluxNamespaceObject.metadata, ...ours } };
const source = deployment('source-controller', { [installedLabel]: 'platform' });
const reflector = deployment('image-reflector-controller', byItself);
const policies = definition('ImagePolicy', 'image.toolkit.fluxcd.io', { labels: byItself });
const repositories = definition('GitRepository', 'source.toolkit.fluxcd.io', ours);
const ofOthers = [
  deployment('tool', {}),
  definition('Tool', 'tools.example', { labels: { [`${owner}/name`]: 'tools' } }),
];

async function removed(objects: readonly KubeObject[]): Promise<{ left: string[]; stays: string[] }> {
  const kube = fakeKube(objects);
  const crds = await temporaryTree({ 'source.toolkit.fluxcd.io_gitrepositories.yaml': '' });
  const removal = { kube, clock: steppingClock(), crds, objects: [source], kubectl: 'kubectl' };
  const stays = await removeFlux(removal, () => undefined);
  return { left: [...kube.objects.values()].map((object) => formatRef(refOf(object))), stays };
}

it('takes out also what Flux brought when it managed itself: image controllers and their definitions', async () => {
  const everything = [namespace, source, reflector, policies, repositories];

  expect(await removed(everything)).toEqual({ left: [], stays: [] });
});

it('leaves what is not of Flux', async () => {
  const { left } = await removed([namespace, source, reflector, ...ofOthers]);

  expect(left).toEqual(['Namespace/flux-system', ...ofOthers.map((object) => formatRef(refOf(object)))]);
});

it('leaves all of it where somebody else installed Flux', async () => {
  const adopted = [deployment('source-controller', {}), reflector, policies];
  const theirs = { ...fluxNamespaceObject, metadata: { name: 'flux-system' } };

  expect(await removed([theirs, ...adopted])).toEqual({
    left: [theirs, ...adopted].map((object) => formatRef(refOf(object))),
    stays: ['Flux stays: this program did not install it'],
  });
});

it('leaves all of it while an object needs it', async () => {
  const policy = {
    apiVersion: 'image.toolkit.fluxcd.io/v1',
    kind: 'ImagePolicy',
    metadata: { name: 'theirs' },
  };

  const { left, stays } = await removed([namespace, source, reflector, policies, policy]);

  expect(stays).toEqual(['Flux stays: ImagePolicy/theirs of somebody else need it']);
  expect(left).toContain('Deployment/flux-system/image-reflector-controller');
});
