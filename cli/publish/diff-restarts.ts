import { formatRef, refOf, type KubeObject } from '../ports/kube.ts';
import { referencesOf } from '../validate/references.ts';

/** Workloads that Reloader restarts; it never touches a Job. */
const restarted = ['Deployment', 'StatefulSet', 'DaemonSet'];

/**
 * The workloads that Reloader, where it is enabled, restarts when this ConfigMap or Secret changes, as `Kind/namespace/name`: by its annotations
 * `auto`, `search`/`match` and the lists of names (Stakater Reloader 1.x, README "How to use").
 *
 * @param objects Everything that is applied after the change.
 */
export function restartedBy(changed: KubeObject, objects: readonly KubeObject[]): string[] {
  const { kind, metadata } = changed;
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  return objects
    .filter((object) => restarted.includes(object.kind) && object.metadata.namespace === metadata.namespace)
    .filter((object) => {
      const annotations = annotationsOf(object);
      const own = `${kind.toLowerCase()}.reloader.stakater.com`;
      const listed = (annotations[`${own}/reload`] ?? '').split(',').map((name) => name.trim());
      if (listed.includes(metadata.name)) return true;
      const refers = referencesOf(object).some(
        (reference) => reference.kind === kind && reference.name === metadata.name,
      );
      const auto =
        annotations['reloader.stakater.com/auto'] === 'true' || annotations[`${own}/auto`] === 'true';
      const found =
        annotations['reloader.stakater.com/search'] === 'true' &&
        metadata.annotations?.['reloader.stakater.com/match'] === 'true';
      return refers && (auto || found);
    })
    .map((object) => formatRef(refOf(object)));
}

/** Reloader reads them on the workload and on its pod template. */
function annotationsOf(object: KubeObject): Readonly<Record<string, string | undefined>> {
  const { template } = (object['spec'] ?? {}) as {
    template?: { metadata?: { annotations?: Record<string, string> } };
  };
  return { ...object.metadata.annotations, ...template?.metadata?.annotations };
}
