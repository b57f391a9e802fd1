import { PlatformError } from '../../errors/platform-error.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  formatRef,
  refOf,
  type Kube,
  type KindRef,
  type KubeObject,
  type ObjectRef,
} from '../../ports/kube.ts';
import { fluxNamespace } from '../../reconcile/root-objects.ts';
import { crdNames } from '../flux/crds.ts';
import { installedLabel, isWrittenByUs, selfName } from '../flux/ownership.ts';
import { contentOf } from './namespaces.ts';
import { describeStuck } from './stuck.ts';

/** In milliseconds. */
const pollMs = 250;
const goneMs = 120_000;

const crdKind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' } as const;

export interface FluxRemoval {
  readonly kube: Kube;
  readonly clock: Clock;
  /** Folder of the CustomResourceDefinitions: absolute. */
  readonly crds: string;
  /** From composeFlux. */
  readonly objects: readonly KubeObject[];
  /** Beginning of a kubectl command line, for hints. */
  readonly kubectl: string;
}

/**
 * Takes Flux out of a cluster where this program put it: controllers first, their definitions when no object of them is left,
 * then its namespace when that is empty. It stays where somebody else installed it, or still uses it.
 *
 * @returns What stays, one sentence each.
 * @throws {PlatformError} REMOVAL_STUCK naming what does not go.
 */
export async function removeFlux(removal: FluxRemoval, say: (detail: string) => void): Promise<string[]> {
  const { kube, objects } = removal;
  const ours: ObjectRef[] = [];
  for (const object of objects) {
    const found = await kube.get(refOf(object));
    if (found?.metadata.labels?.[installedLabel] === 'platform') ours.push(refOf(object));
  }
  const namespace = await kube.get({ apiVersion: 'v1', kind: 'Namespace', name: fluxNamespace });
  if (ours.length === 0 && !(namespace && isWrittenByUs(namespace))) {
    return namespace ? ['Flux stays: this program did not install it'] : [];
  }
  const definitions = await definitionsOf(removal);
  const users = (await Promise.all(definitions.map(async (crd) => kube.list(instancesOf(crd))))).flat();
  if (users.length > 0) {
    const [first, ...more] = users.map((object) => formatRef(refOf(object)));
    const others = more.length === 0 ? '' : ` and ${String(more.length)} more`;
    return [`Flux stays: ${first ?? ''}${others} of somebody else need it`];
  }
  ours.push(...(await broughtByItself(kube, ours)));
  for (const ref of ours.reverse()) {
    say(formatRef(ref));
    await kube.delete(ref);
  }
  await waitUntilGone(removal, ours, say);
  const crdRefs = definitions.filter((crd) => isWrittenByUs(crd) || isByItself(crd)).map(refOf);
  for (const ref of crdRefs) await kube.delete(ref);
  await waitUntilGone(removal, crdRefs, say);
  return removeNamespace(removal, namespace, say);
}

/** Those of the pins, and those that Flux brought when it managed itself: of its image controllers. */
async function definitionsOf({ kube, crds }: FluxRemoval): Promise<KubeObject[]> {
  const found = await Promise.all((await crdNames(crds)).map(async (name) => kube.get({ ...crdKind, name })));
  const pinned = found.filter((crd) => crd !== undefined);
  const names = new Set(pinned.map(({ metadata }) => metadata.name));
  const brought = await kube.list(crdKind, { labelSelector: byItself });
  return [...pinned, ...brought.filter(({ metadata }) => !names.has(metadata.name))];
}

/** What the official artifact holds beside definitions and namespace. */
const artifactKinds: readonly KindRef[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ResourceQuota' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
];

/** On everything that Flux applied when it managed itself: kustomize-controller sets it. */
const owner = 'kustomize.toolkit.fluxcd.io';
const byItself = `${owner}/name=${selfName},${owner}/namespace=${fluxNamespace}`;

function isByItself({ metadata: { labels } }: KubeObject): boolean {
  return labels?.[`${owner}/name`] === selfName && labels[`${owner}/namespace`] === fluxNamespace;
}

/** Controllers that the pins do not hold and the artifact does, with what is theirs. */
async function broughtByItself(kube: Kube, known: readonly ObjectRef[]): Promise<ObjectRef[]> {
  const names = new Set(known.map(formatRef));
  const lists = artifactKinds.map(async (kind) => kube.list(kind, { labelSelector: byItself }));
  const found = (await Promise.all(lists)).flat().map(refOf);
  return found.filter((ref) => !names.has(formatRef(ref)));
}

function instancesOf({ spec }: KubeObject): { apiVersion: string; kind: string } {
  const { group, names, versions } = spec as {
    group: string;
    names: { kind: string };
    versions: readonly { name: string; served: boolean; storage: boolean }[];
  };
  const version =
    versions.find(({ served, storage }) => served && storage) ?? versions.find(({ served }) => served);
  return { apiVersion: `${group}/${version?.name ?? ''}`, kind: names.kind };
}

async function removeNamespace(
  removal: FluxRemoval,
  namespace: KubeObject | undefined,
  say: (detail: string) => void,
): Promise<string[]> {
  if (!namespace) return [];
  if (!isWrittenByUs(namespace)) return [`Namespace/${fluxNamespace} stays: this program did not make it`];
  const content = await contentOf(removal, fluxNamespace);
  if (content.length > 0) {
    return [`Namespace/${fluxNamespace} stays: it holds ${content.slice(0, 3).join(', ')}`];
  }
  const ref = refOf(namespace);
  await removal.kube.delete(ref);
  await waitUntilGone(removal, [ref], say);
  return [];
}

/** @throws {PlatformError} REMOVAL_STUCK after two minutes. */
async function waitUntilGone(
  { kube, clock, kubectl }: FluxRemoval,
  refs: readonly ObjectRef[],
  say: (detail: string) => void,
): Promise<void> {
  const deadline = clock.elapsed() + goneMs;
  for (const ref of refs) {
    for (;;) {
      const object = await kube.get(ref);
      if (!object) break;
      const { message, hint } = describeStuck(object, kubectl);
      if (clock.elapsed() >= deadline) throw new PlatformError('REMOVAL_STUCK', message, hint);
      say(`waiting for ${formatRef(ref)}`);
      await clock.sleep(pollMs);
    }
  }
}
