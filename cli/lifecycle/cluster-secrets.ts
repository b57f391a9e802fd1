import { randomBytes } from 'node:crypto';
import type { Build } from '../build/build.ts';
import type { ClusterAccess, Engine } from '../engines/engine.ts';
import { fluxNamespaceObject, installedLabel } from '../engines/flux/ownership.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';
import { formatRef, refOf } from '../ports/kube.ts';
import { kubectlFor } from '../ports/kubectl-for.ts';
import { fluxNamespace } from '../reconcile/root-objects.ts';
import { referencesOf, secretsMadeBy } from '../validate/references.ts';
import { identitiesIn, keyText, type AgeKey } from './age-key.ts';

/** Where kustomize-controller looks for the key, as the rendered `secrets` Kustomization says. */
const ageSecretName = 'sops-age';
const ageSecretKey = 'identity.agekey';

/** Key names that a generated Secret gets where a pod takes all keys of it. */
const defaultKeys = ['username', 'password'];

/**
 * Puts in place what must be there before Flux applies anything: the namespaces, the age key, and the Secrets that workloads
 * refer to and that neither git nor the cluster has. A throw-away cluster gets them with random values; on a cluster that was
 * there before, they are what a person or another program has to bring: a random password would open nothing there.
 *
 * @param kubectl Of an existing cluster: beginning of a kubectl command line. Without it, values are made.
 * @returns `already` when nothing was missing.
 * @throws {PlatformError} SECRET_MISSING naming each, where values are not made.
 */
export async function applySecrets(
  kube: Kube,
  build: Build,
  key: AgeKey,
  kubectl?: string,
): Promise<'already' | 'done'> {
  const namespaces = build.kustomizations.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === 'Namespace'),
  );
  let made = 0;
  for (const wanted of [fluxNamespaceObject, ...namespaces.map(bareNamespace)])
    made += await applyOnce(kube, wanted);
  made += await applyAgeKey(kube, key, 'keep');
  const needed = missingSecrets(build);
  if (kubectl !== undefined) await requireSecrets(kube, needed.filter(noChartMakes(build)), kubectl);
  else for (const secret of needed) made += await applyOnce(kube, generated(secret));
  return made === 0 ? 'already' : 'done';
}

/**
 * What is in it is up to git: a label that we applied, too, would stay when git takes it away, since Flux would give up its own
 * claim only. Without any field of ours, nothing would show who made the namespace.
 */
function bareNamespace({ apiVersion, kind, metadata: { name } }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: { name, annotations: { 'platform.dev/made-by': 'bootstrap' } } };
}

/** A Secret that workloads refer to. */
interface NeededSecret {
  readonly namespace: string;
  readonly name: string;
  /** That are asked for, sorted; empty where pods take all of them. */
  readonly keys: readonly string[];
  /** The first workload that refers to it, as `Kind/namespace/name`. */
  readonly by: string;
}

/** Secrets that workloads of a build refer to and that nothing in the build makes. */
export function missingSecrets(build: Build): NeededSecret[] {
  const objects = build.kustomizations.flatMap((kustomization) => kustomization.objects);
  const nameOf = (namespace: string | undefined, name: string): string => `${namespace ?? 'default'}/${name}`;
  const given = new Set(
    objects.flatMap((object) => secretsMadeBy(object).map((name) => nameOf(object.metadata.namespace, name))),
  );
  const wanted = new Map<string, { namespace: string; name: string; keys: Set<string>; by: string }>();
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? 'default';
    for (const { kind, name, key, optional } of referencesOf(object)) {
      const id = nameOf(namespace, name);
      if (kind !== 'Secret' || optional || given.has(id)) continue;
      const entry = wanted.get(id) ?? { namespace, name, keys: new Set(), by: formatRef(refOf(object)) };
      if (key !== undefined) entry.keys.add(key);
      wanted.set(id, entry);
    }
  }
  return [...wanted.values()].map((entry) => ({ ...entry, keys: [...entry.keys].sort() }));
}

/** What a chart brings into a namespace is known only when Helm has rendered it: there the pods themselves will tell. */
function noChartMakes({ kustomizations }: Build): (secret: NeededSecret) => boolean {
  const releases = kustomizations
    .flatMap(({ objects }) => objects)
    .filter(({ kind }) => kind === 'HelmRelease')
    .map(
      ({ metadata, spec }) => (spec as { targetNamespace?: string }).targetNamespace ?? metadata.namespace,
    );
  return ({ namespace }) => !releases.includes(namespace);
}

async function requireSecrets(
  kube: Pick<Kube, 'get'>,
  needed: readonly NeededSecret[],
  kubectl: string,
): Promise<void> {
  const found = await Promise.all(
    needed.map(async ({ namespace, name }) =>
      kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }),
    ),
  );
  const missing = needed.filter((_, index) => found[index] === undefined);
  const [first] = missing;
  if (first === undefined) return;
  const sentence = ({ namespace, name, by }: NeededSecret): string =>
    `${by} needs Secret/${namespace}/${name}, which is neither in git nor in the cluster`;
  const hint = ({ namespace, name, keys }: NeededSecret): string =>
    `Put it into git, encrypted (README, Secrets), or: ${kubectl} create secret generic ${name} --namespace ${namespace} ` +
    (keys.length === 0 ? '--from-env-file=<file>' : keys.map((key) => `--from-file=${key}=<file>`).join(' '));
  throw new PlatformError('SECRET_MISSING', sentence(first), hint(first), {
    details: missing.slice(1).map((secret) => ({ message: sentence(secret), hint: hint(secret) })),
  });
}

/** Random values under every key. */
function generated({ namespace, name, keys }: NeededSecret): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { [installedLabel]: 'platform' } },
    type: 'Opaque',
    data: Object.fromEntries(
      (keys.length === 0 ? defaultKeys : keys).map((key) => [
        key,
        Buffer.from(randomBytes(24).toString('base64url')).toString('base64'),
      ]),
    ),
  };
}

/** For {@link applySecrets}: values are made on clusters that this program made, and on no other. */
export function kubectlOfOthers(
  { name }: Pick<Engine, 'name'>,
  access: ClusterAccess | undefined,
): string | undefined {
  return name === 'existing' && access ? kubectlFor(access.kubeconfig, access.context) : undefined;
}

/** Leaves what is there as it is: a second run must not roll a password that pods already use. */
async function applyOnce(kube: Kube, object: KubeObject): Promise<number> {
  if (await kube.get(refOf(object))) return 0;
  await kube.apply(object);
  return 1;
}

/**
 * Gives the cluster the keys of the key file.
 *
 * @param others What becomes of keys that the cluster has beside them: another machine may have made them, and files be
 *   encrypted for them.
 * @returns 0 where it has them already.
 */
export async function applyAgeKey(
  kube: Pick<Kube, 'get' | 'apply'>,
  key: AgeKey,
  others: 'keep' | 'drop',
): Promise<0 | 1> {
  const found = await kube.get(refOf(ageSecret('')));
  const text = Buffer.from(
    (found?.['data'] as Record<string, string> | undefined)?.[ageSecretKey] ?? '',
    'base64',
  ).toString();
  const kept = identitiesIn(text);
  const own = identitiesIn(keyText(key));
  const extra = kept.filter((identity) => !own.includes(identity));
  const missing = own.filter((identity) => !kept.includes(identity));
  if (missing.length === 0 && (others === 'keep' || extra.length === 0)) return 0;
  const rest = others === 'keep' ? extra.map((identity) => `${identity}\n`).join('') : '';
  await kube.apply(ageSecret(`${keyText(key)}${rest}`));
  return 1;
}

function ageSecret(text: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ageSecretName, namespace: fluxNamespace },
    type: 'Opaque',
    data: { [ageSecretKey]: Buffer.from(text).toString('base64') },
  };
}
