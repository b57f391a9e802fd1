import { randomBytes } from 'node:crypto';
import type { Build } from '../build/build.ts';
import { fluxNamespaceObject } from '../engines/flux/ownership.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';
import { refOf } from '../ports/kube.ts';
import { fluxNamespace } from '../reconcile/root-objects.ts';
import { referencesOf } from '../validate/references.ts';
import type { AgeKey } from './age-key.ts';

/** Where kustomize-controller looks for the key, as the rendered `secrets` Kustomization says. */
const ageSecretName = 'sops-age';

/** Key names that a generated Secret gets where a pod takes all keys of it. */
const defaultKeys = ['username', 'password'];

/**
 * Puts in place what must be there before Flux applies anything: the namespaces, the age key, and random values for the
 * Secrets that workloads refer to and that neither git nor the cluster has. The latter suits throw-away clusters only.
 *
 * @returns `already` when nothing was missing.
 */
export async function applySecrets(kube: Kube, build: Build, key: AgeKey): Promise<'already' | 'done'> {
  const namespaces = build.kustomizations.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === 'Namespace'),
  );
  let made = 0;
  for (const wanted of [fluxNamespaceObject, ...namespaces, ageSecret(key)])
    made += await applyOnce(kube, wanted);
  for (const secret of missingSecrets(build)) made += await applyOnce(kube, secret);
  return made === 0 ? 'already' : 'done';
}

/** Secrets that workloads of a build refer to and that the build does not hold, with random values under every key. */
export function missingSecrets(build: Build): KubeObject[] {
  const objects = build.kustomizations.flatMap((kustomization) => kustomization.objects);
  const nameOf = (namespace: string | undefined, name: string): string => `${namespace ?? 'default'}/${name}`;
  const given = new Set(
    objects
      .filter(({ kind }) => kind === 'Secret')
      .map(({ metadata }) => nameOf(metadata.namespace, metadata.name)),
  );
  const wanted = new Map<string, { namespace: string; name: string; keys: Set<string> }>();
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? 'default';
    for (const { kind, name, key, optional } of referencesOf(object)) {
      const id = nameOf(namespace, name);
      if (kind !== 'Secret' || optional || given.has(id)) continue;
      const entry = wanted.get(id) ?? { namespace, name, keys: new Set<string>() };
      if (key !== undefined) entry.keys.add(key);
      wanted.set(id, entry);
    }
  }
  return [...wanted.values()].map(({ namespace, name, keys }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'platform' } },
    type: 'Opaque',
    data: Object.fromEntries(
      (keys.size === 0 ? defaultKeys : [...keys].sort()).map((key) => [
        key,
        Buffer.from(randomBytes(24).toString('base64url')).toString('base64'),
      ]),
    ),
  }));
}

/** Leaves what is there as it is: a second run must not roll a password that pods already use. */
async function applyOnce(kube: Kube, object: KubeObject): Promise<number> {
  if (await kube.get(refOf(object))) return 0;
  await kube.apply(object);
  return 1;
}

function ageSecret({ identity }: AgeKey): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ageSecretName, namespace: fluxNamespace },
    type: 'Opaque',
    data: { 'identity.agekey': Buffer.from(`${identity}\n`).toString('base64') },
  };
}
