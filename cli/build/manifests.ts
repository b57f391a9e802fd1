import { parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../ports/kube.ts';

/**
 * The objects of a YAML text; a `List` stands for its items, an empty document for nothing.
 *
 * @throws {Error} when the text is not YAML, or a document is no Kubernetes object (apiVersion, kind, metadata.name).
 */
export function parseManifests(text: string): KubeObject[] {
  return parseAllDocuments(text, { prettyErrors: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return flatten(document.toJS());
  });
}

function flatten(value: unknown): KubeObject[] {
  if (value === null || value === undefined) return [];
  const object = value as Partial<KubeObject> & { items?: unknown };
  if (typeof object.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items)) {
    return object.items.flatMap(flatten);
  }
  if (
    typeof object.apiVersion !== 'string' ||
    typeof object.kind !== 'string' ||
    typeof object.metadata?.name !== 'string'
  ) {
    throw new Error(`a document is no Kubernetes object: it lacks apiVersion, kind or metadata.name`);
  }
  return [value as KubeObject];
}

/** Before everything else, in this order: kubectl applies a file from its top, and what follows needs these. */
const first = ['Namespace', 'CustomResourceDefinition'];

/**
 * One multi-document YAML that `kubectl apply -f -` takes: namespaces, then CRDs, then the rest in the order given.
 * Strings that YAML 1.1 would read as something else (`yes`, `on`, `1:30`) are quoted: kubectl still reads that.
 */
export function printManifests(objects: readonly KubeObject[]): string {
  const rank = ({ kind }: KubeObject): number => (first.includes(kind) ? first.indexOf(kind) : first.length);
  return objects
    .toSorted((a, b) => rank(a) - rank(b))
    .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' }))
    .join('---\n');
}
