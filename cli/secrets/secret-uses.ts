import type { Build } from '../build/build.ts';
import { formatRef, refOf } from '../ports/kube.ts';
import { referencesOf, secretsMadeBy } from '../validate/references.ts';
import type { SecretFile } from '../validate/secret-files.ts';

/** One Secret of an environment, where it comes from, and who takes it. */
export interface SecretUse {
  readonly namespace: string;
  readonly name: string;
  /**
   * A file in git, relative to the root; the object that brings it, as `ExternalSecret/ml/database`; undefined where bootstrap
   * makes it, or on an existing cluster somebody has to.
   */
  readonly from: string | undefined;
  /** The keys that are asked for, or, of a file, that it has; empty where pods take all of them. Sorted. */
  readonly keys: readonly string[];
  /** Workloads, as `Deployment/ml/prediction-api`; empty where nobody takes it. */
  readonly by: readonly string[];
}

/** Every Secret that git brings or workloads ask for, sorted by namespace and name. */
export function secretUses(build: Build, files: readonly SecretFile[]): SecretUse[] {
  const found = new Map<
    string,
    { namespace: string; name: string; from?: string; keys: Set<string>; by: Set<string> }
  >();
  const at = (namespace: string, name: string): NonNullable<ReturnType<typeof found.get>> => {
    const id = `${namespace}/${name}`;
    const entry = found.get(id) ?? { namespace, name, keys: new Set<string>(), by: new Set<string>() };
    found.set(id, entry);
    return entry;
  };
  for (const object of build.kustomizations.flatMap(({ objects }) => objects)) {
    const namespace = object.metadata.namespace ?? 'default';
    for (const name of secretsMadeBy(object)) at(namespace, name).from = formatRef(refOf(object));
    for (const { kind, name, key } of referencesOf(object)) {
      if (kind !== 'Secret') continue;
      const entry = at(namespace, name);
      entry.by.add(formatRef(refOf(object)));
      if (key !== undefined) entry.keys.add(key);
    }
  }
  for (const { path, secrets } of files) {
    for (const { namespace, name, keys } of secrets) {
      const entry = at(namespace, name);
      entry.from = path;
      entry.keys = new Set(keys);
    }
  }
  return [...found.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { namespace, name, from, keys, by }]) => ({
      namespace,
      name,
      from,
      keys: [...keys].sort(),
      by: [...by].sort(),
    }));
}
