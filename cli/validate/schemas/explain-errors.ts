import type { ErrorObject } from 'ajv';
import { closest } from '../../errors/did-you-mean.ts';
import { formatPath } from '../finding.ts';

/** What a schema says about one object. */
export interface SchemaFault {
  readonly code: 'SCHEMA_UNKNOWN_KIND' | 'SCHEMA_UNKNOWN_FIELD' | 'SCHEMA_INVALID';
  readonly message: string;
  readonly hint: string;
  readonly path: readonly (string | number)[];
}

/** ajv's errors in words, without the value that is wrong: it may be a secret. Needs `verbose: true`. */
export function explainErrors(object: object, errors: readonly ErrorObject[]): SchemaFault[] {
  const summaries = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const told = errors.filter(
    (error) =>
      !summaries.some(
        (summary) =>
          error !== summary &&
          error.instancePath.startsWith(summary.instancePath) &&
          /\/(anyOf|oneOf)\//.test(error.schemaPath),
      ),
  );
  return told.map((error) => explain(object, error));
}

function explain(object: object, error: ErrorObject): SchemaFault {
  const path = pathOf(object, error.instancePath);
  const params = error.params as Record<string, unknown>;
  const invalid = (at: (string | number)[], what: string, hint: string): SchemaFault => {
    return { code: 'SCHEMA_INVALID', message: `${formatPath(at)} ${what}`, hint, path: at };
  };
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      const guess = closest(name, known);
      return {
        code: 'SCHEMA_UNKNOWN_FIELD',
        message: `${formatPath([...path, name])} is not known`,
        hint: guess === undefined ? `one of: ${shortList(known)}` : `did you mean ${guess}?`,
        path: [...path, name],
      };
    }
    case 'required': {
      const at = [...path, String(params['missingProperty'])];
      return invalid(at, 'is missing', `set ${formatPath(at)}`);
    }
    case 'type': {
      const wanted = [params['type']].flat().join(' or ');
      return invalid(
        path,
        `must be ${wanted}, not ${typeName(error.data)}`,
        `write a value of type ${wanted}`,
      );
    }
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).map(String);
      return invalid(path, 'is none of the allowed values', `one of: ${shortList(allowed)}`);
    }
    case 'anyOf':
    case 'oneOf': {
      const branches = (error.schema as { type?: string; pattern?: string }[]).map(
        ({ type }) => type ?? 'another form',
      );
      const isQuantity = (error.schema as { pattern?: string }[]).some(({ pattern }) =>
        pattern?.includes('[KMGTPE]i'),
      );
      if (isQuantity)
        return invalid(path, 'is no quantity', 'write a number with a unit, e.g. 250m, 0.5, 256Mi, 2Gi');
      return invalid(path, `must be ${branches.join(' or ')}`, 'see `kubectl explain` for its forms');
    }
    default:
      return invalid(path, error.message ?? 'is not valid', 'see `kubectl explain` for what is allowed');
  }
}

function shortList(words: readonly string[]): string {
  return words.length <= 12 ? words.join(', ') : `${words.slice(0, 12).join(', ')}, …`;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

/** A JSON pointer as keys; numbers where the object has a list. */
function pathOf(object: object, pointer: string): (string | number)[] {
  let at: unknown = object;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(key) : key;
      at = (at as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}
