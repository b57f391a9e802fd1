import type { KubeObject } from '../../ports/kube.ts';
import { compareText } from '../../values/compare-text.ts';
import type { Field } from './field-path.ts';

/** Who set a field of a live object. */
export interface FieldManager {
  readonly name: string;
  /** ISO 8601; when it last set any field. */
  readonly at?: string;
}

/**
 * Who owns a field, by `metadata.managedFields`; newest first. Nobody owns what the API server filled in by default.
 *
 * @see {@link https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management}
 */
export function managersOf({ metadata, ...rest }: KubeObject, { keys }: Field): FieldManager[] {
  const object = { metadata, ...rest };
  return (metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1 !== undefined && owns(fieldsV1, object, keys))
    .map(({ manager = 'somebody', time }) => ({ name: manager, ...(time === undefined ? {} : { at: time }) }))
    .sort((a, b) => compareText(b.at ?? '', a.at ?? ''));
}

function owns(fields: object, value: unknown, [key, ...rest]: readonly (string | number)[]): boolean {
  if (key === undefined) return true;
  const children = Object.entries(fields).filter(([name]) => name !== '.') as [string, object][];
  if (children.length === 0) return true; // the whole of it, as of lists that are replaced at once
  const below = (value as Record<string | number, unknown> | undefined)?.[key];
  const child = children.find(([name]) =>
    typeof key === 'number' ? isItem(name, below) : name === `f:${key}`,
  );
  return child !== undefined && owns(child[1], below, rest);
}

/** Items of lists are named by the fields that tell them apart, `k:{"name":"web"}`, or by their value, `v:"x"`. */
function isItem(name: string, item: unknown): boolean {
  if (name.startsWith('v:')) return name.slice(2) === JSON.stringify(item);
  if (!name.startsWith('k:')) return false;
  const wanted = Object.entries(JSON.parse(name.slice(2)) as Record<string, unknown>);
  return wanted.every(([key, value]) => (item as Record<string, unknown> | undefined)?.[key] === value);
}
