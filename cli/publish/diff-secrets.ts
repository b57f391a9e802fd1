import type { KubeObject } from '../ports/kube.ts';
import type { FieldChange } from './diff-fields.ts';

/** Stands where a secret value is, or was: that it changed may be known, what it is may not. */
export const hidden = '(hidden)';

/** The fields of a Secret with every value replaced; key names stay. Of other kinds, the fields as they are. */
export function withoutSecrets({ kind }: KubeObject, fields: readonly FieldChange[]): FieldChange[] {
  if (kind !== 'Secret') return [...fields];
  return fields.map(({ path, before, after }) =>
    /^(data|stringData|sops|metadata\.annotations)\b/.test(path)
      ? { path, before: hide(before), after: hide(after) }
      : { path, before, after },
  );
}

function hide(value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (typeof value !== 'object' || Array.isArray(value)) return hidden;
  return Object.fromEntries(Object.keys(value).map((key) => [key, hidden]));
}
