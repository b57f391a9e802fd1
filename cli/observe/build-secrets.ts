import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { referencesOf } from '../validate/references.ts';
import { compareText } from '../values/compare-text.ts';
import type { ClusterIndex } from './cluster-index.ts';
import { ageSeconds, listAt, textAt } from './fields.ts';
import type { SecretUse } from './model-parts.ts';
import type { Item } from './model.ts';
import { conditionedState } from './state/conditioned-state.ts';
import { workloadKinds } from './state/workload-state.ts';

/**
 * The Secrets that workloads and Flux objects need, and those that External Secrets makes: names, not values.
 *
 * @param known Whether Secrets could be read at all.
 */
export function buildSecrets(items: readonly Item[], index: ClusterIndex, known: boolean): SecretUse[] {
  const users = new Map<string, Set<string>>();
  const use = (namespace: string | undefined, name: string, by?: string): void => {
    if (name === '') return;
    const id = formatRef({ apiVersion: 'v1', kind: 'Secret', namespace, name });
    const set = users.get(id) ?? new Set();
    users.set(id, by === undefined ? set : set.add(by));
  };
  for (const { id, ref } of items) {
    const object = index.find(id);
    if (!object) continue;
    for (const name of namesIn(object)) use(ref.namespace, name, id);
  }
  const externals = new Map<string, KubeObject>();
  for (const external of index.all('ExternalSecret')) {
    const { namespace, name } = external.metadata;
    const target = textAt(external, 'spec', 'target', 'name') || name;
    use(namespace, target);
    externals.set(formatRef({ apiVersion: 'v1', kind: 'Secret', namespace, name: target }), external);
  }
  return [...users]
    .map(([id, usedBy]) => secretUse(id, [...usedBy], externals.get(id), index, known))
    .sort((a, b) => compareText(a.id, b.id));
}

function secretUse(
  id: string,
  usedBy: readonly string[],
  external: KubeObject | undefined,
  index: ClusterIndex,
  known: boolean,
): SecretUse {
  const secret = index.find(id);
  const age = secret && ageSeconds(secret, index.now);
  return {
    id,
    ...(known ? { present: secret !== undefined } : {}),
    ...(secret ? { type: textAt(secret, 'type') || 'Opaque' } : {}),
    keys: listAt(secret, 'keys').map(String),
    ...(age === undefined ? {} : { ageSeconds: age }),
    usedBy,
    ...(external ? { external: externalOf(external) } : {}),
  };
}

function externalOf(external: KubeObject): NonNullable<SecretUse['external']> {
  const { state, message } = conditionedState(external);
  const refreshedAt = textAt(external, 'status', 'refreshTime');
  const kind = textAt(external, 'spec', 'secretStoreRef', 'kind') || 'SecretStore';
  return {
    id: formatRef(refOf(external)),
    state,
    message,
    store: `${kind} ${textAt(external, 'spec', 'secretStoreRef', 'name')}`,
    ...(refreshedAt === '' ? {} : { refreshedAt }),
  };
}

/** Names of the Secrets that one object mentions: pod templates by their references, Flux objects by `secretRef`. */
function namesIn(object: KubeObject): string[] {
  if (workloadKinds.includes(object.kind))
    return referencesOf(object).flatMap(({ kind, name }) => (kind === 'Secret' ? [name] : []));
  const at = [
    ['spec', 'secretRef', 'name'],
    ['spec', 'decryption', 'secretRef', 'name'],
    ['spec', 'kubeConfig', 'secretRef', 'name'],
  ];
  return at.map((path) => textAt(object, ...path));
}
