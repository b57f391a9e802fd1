import { isFluxItself } from '../build/flux-kustomization.ts';
import { contentOf } from '../engines/existing/namespaces.ts';
import { describeStuck } from '../engines/existing/stuck.ts';
import { isWrittenByUs } from '../engines/flux/ownership.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import { formatRef, refOf, type Kube, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { fluxNamespace, gitRepositoryKind, kustomizationKind, rootName } from '../reconcile/root-objects.ts';
import { readOwnedTree, type OwnedTree, type Unit } from './removal-order.ts';

/** In milliseconds. */
const pollMs = 250;

export interface Removal {
  readonly kube: Kube;
  readonly clock: Clock;
  /** Beginning of a kubectl command line, for hints. */
  readonly kubectl: string;
  /** How long one Kustomization or HelmRelease may take to go, in milliseconds. */
  readonly timeoutMs: number;
}

const root = { ...kustomizationKind, namespace: fluxNamespace, name: rootName };

/**
 * Takes everything out of a cluster that this platform's root brought, and nothing else: what depends on others first, each
 * by Flux and until it is gone; then the root, its source, and the Secrets and namespaces that bootstrap made. Flux itself
 * stays. Called again after it was stopped, it goes on.
 *
 * @returns What stays although the platform used it, one sentence each.
 * @throws {PlatformError} REMOVAL_STUCK naming the object that does not go, its finalizers, and why.
 */
export async function removeOwned(removal: Removal, say: (detail: string) => void): Promise<string[]> {
  const { kube } = removal;
  await kube.patch(root, { spec: { suspend: true } }); // or it brings back what is deleted below
  const tree = await readOwnedTree(kube);
  const namespaces = await namespacesOf(kube, tree);
  const stays: string[] = [];
  for (const unit of tree.units) stays.push(...(await removeUnit(removal, unit, say)));
  await removeRoot(removal, tree, say);
  await removeSecrets(kube);
  for (const namespace of namespaces) stays.push(...(await removeNamespace(removal, namespace, say)));
  return stays;
}

/** Those that Flux applied, and all that bootstrap made: a removal that was stopped has lost the inventories. */
async function namespacesOf(kube: Kube, { units }: OwnedTree): Promise<ObjectRef[]> {
  const made = (await kube.list({ apiVersion: 'v1', kind: 'Namespace' })).filter(isWrittenByUs).map(refOf);
  const applied = units.flatMap(({ owned }) => owned.filter(({ kind }) => kind === 'Namespace'));
  const all = new Map([...applied, ...made].map((ref) => [ref.name, ref]));
  return [...all.values()].filter(({ name }) => name !== fluxNamespace);
}

async function removeUnit(
  removal: Removal,
  { ref, object, owned }: Unit,
  say: (detail: string) => void,
): Promise<string[]> {
  const { kube, clock, timeoutMs } = removal;
  const name = formatRef(ref);
  const deadline = clock.elapsed() + timeoutMs;
  const { suspend = false } = (object['spec'] ?? {}) as { suspend?: boolean };
  if (suspend) await kube.patch(ref, { spec: { suspend: false } }); // Flux leaves what a suspended one applied
  say(name);
  await kube.delete(ref);
  for (;;) {
    const here = await kube.get(ref);
    const left = (await Promise.all(owned.map(async (each) => kube.get(each)))).filter(
      (each): each is KubeObject => each !== undefined,
    );
    const going = left.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    const culprit = going[0] ?? here;
    if (!culprit) return describeLeft(object, left);
    const { message, hint } = describeStuck(culprit, removal.kubectl);
    if (clock.elapsed() >= deadline) {
      const whose = culprit === here ? await silentController(kube, ref) : `: ${message}`;
      throw new PlatformError(
        'REMOVAL_STUCK',
        `${name} was not removed within ${String(timeoutMs / 1000)} s${whose}`,
        hint,
        {
          details: going.map((each) => describeStuck(each, removal.kubectl)),
        },
      );
    }
    say(`${name}: ${message}`);
    await clock.sleep(pollMs);
  }
}

/** Why nobody answers the finalizer of a Kustomization or HelmRelease. */
async function silentController(kube: Kube, { kind }: ObjectRef): Promise<string> {
  const name = kind === 'HelmRelease' ? 'helm-controller' : 'kustomize-controller';
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: fluxNamespace, name };
  const deployment = await kube.get(ref);
  if (!deployment) return `, because ${name} is not there to answer its finalizer`;
  const { availableReplicas = 0 } = (deployment['status'] ?? {}) as { availableReplicas?: number };
  return availableReplicas > 0 ? `: ${name} does not answer its finalizer` : `, because ${name} does not run`;
}

/** What is still there of what a unit had applied. Flux itself and namespaces are told elsewhere. */
function describeLeft(unit: KubeObject, left: readonly KubeObject[]): string[] {
  if (isFluxItself(unit)) return [];
  const { prune, deletionPolicy = 'MirrorPrune' } = (unit['spec'] ?? {}) as {
    prune?: boolean;
    deletionPolicy?: string;
  };
  if (deletionPolicy === 'Orphan' || (deletionPolicy === 'MirrorPrune' && prune === false)) {
    return left.length === 0 ? [] : [`What ${formatRef(refOf(unit))} applied stays: it does not prune`];
  }
  return left.filter(({ kind }) => kind !== 'Namespace').map(describeStay);
}

function describeStay(object: KubeObject): string {
  const { annotations = {}, labels = {} } = object.metadata;
  const marks = { ...labels, ...annotations };
  const disabled = ['prune', 'reconcile', 'ssa'].find(
    (name) => marks[`kustomize.toolkit.fluxcd.io/${name}`] !== undefined,
  );
  const why =
    disabled === undefined ? 'Flux did not delete it' : `kustomize.toolkit.fluxcd.io/${disabled} says so`;
  return `${formatRef(refOf(object))} stays: ${why}`;
}

/** The root is suspended, so it goes without taking anything along. */
async function removeRoot(
  removal: Removal,
  { others }: OwnedTree,
  say: (detail: string) => void,
): Promise<void> {
  const rest = [...others, { ...gitRepositoryKind, namespace: fluxNamespace, name: rootName }, root];
  for (const ref of rest) {
    await removal.kube.delete(ref);
    await waitUntilGone(removal, ref, say);
  }
}

async function removeSecrets(kube: Kube): Promise<void> {
  const generated = await kube.list(
    { apiVersion: 'v1', kind: 'Secret' },
    { labelSelector: 'app.kubernetes.io/managed-by=platform' },
  );
  const named = await Promise.all(
    [`${rootName}-git`, 'sops-age'].map(async (name) =>
      kube.get({ apiVersion: 'v1', kind: 'Secret', namespace: fluxNamespace, name }),
    ),
  );
  for (const secret of [...generated, ...named])
    if (secret && isWrittenByUs(secret)) await kube.delete(refOf(secret));
}

async function removeNamespace(
  removal: Removal,
  ref: ObjectRef,
  say: (detail: string) => void,
): Promise<string[]> {
  const namespace = await removal.kube.get(ref);
  if (!namespace) return [];
  if (!isWrittenByUs(namespace)) return [`${formatRef(ref)} stays: bootstrap did not make it`];
  if (namespace.metadata.deletionTimestamp === undefined) {
    const content = await contentOf(removal, ref.name);
    const [first, ...more] = content;
    if (first !== undefined) {
      const others = more.length === 0 ? '' : ` and ${String(more.length)} more`;
      return [`${formatRef(ref)} stays: it holds ${first}${others}, which Flux did not bring`];
    }
    await removal.kube.delete(ref);
  }
  await waitUntilGone(removal, ref, say);
  return [];
}

async function waitUntilGone(
  { kube, clock, kubectl, timeoutMs }: Removal,
  ref: ObjectRef,
  say: (detail: string) => void,
): Promise<void> {
  const deadline = clock.elapsed() + timeoutMs;
  for (;;) {
    const object = await kube.get(ref);
    if (!object) return;
    const { message, hint } = describeStuck(object, kubectl);
    if (clock.elapsed() >= deadline) {
      throw new PlatformError('REMOVAL_STUCK', `${message}, after ${String(timeoutMs / 1000)} s`, hint);
    }
    say(`waiting for ${formatRef(ref)}`);
    await clock.sleep(pollMs);
  }
}
