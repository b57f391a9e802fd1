import type { ErrorObject, ValidateFunction } from 'ajv';
import { closest } from '../errors/did-you-mean.ts';
import { PlatformError, type Detail, type Place } from '../errors/platform-error.ts';
import type { JsonSchema } from './schema.ts';
import { type Tree, entryAt, formatPath, isNothing, toPlain } from './tree.ts';

/** RFC 1123: what Kubernetes takes for the name of almost everything. */
export const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Holds values against one schema.
 *
 * @param file Named where a value is missing and nothing near it was written.
 * @returns Every error at once, in the order of the schema.
 */
export type ValuesCheck = (tree: Tree, file: string) => Detail[];

/** As {@link compileCheck}, for a schema that is used once. */
export async function checkValues(
  tree: Tree,
  schema: JsonSchema,
  file: string,
  schemaFile: string,
): Promise<Detail[]> {
  return (await compileCheck(schema, schemaFile))(tree, file);
}

/**
 * Compiles a schema, which takes far longer than holding values against it.
 *
 * @param schemaFile Named where the schema itself is wrong.
 * @throws {PlatformError} TEMPLATE_FAILED where ajv refuses the schema.
 */
export async function compileCheck(schema: JsonSchema, schemaFile: string): Promise<ValuesCheck> {
  const { default: library } = await import('ajv/dist/2020.js'); // only where something has to be checked
  const ajv = new library.Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    // Compiling the schema of schemas takes longer than all the rest; a test holds every schema file against it.
    validateSchema: false,
    code: { optimize: false }, // optimising what it compiles to takes longer than all checks together
  });
  ajv.addFormat('dns-label', dnsLabel);
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `${schemaFile} is no usable JSON Schema: ${said}`,
      `Edit ${schemaFile}`,
      { cause: error, details: [{ place: { file: schemaFile }, message: said }] },
    );
  }
  return (tree, file) => {
    if (validate(toPlain(tree))) return [];
    return (validate.errors ?? []).map((error) => describe(error, tree, file));
  };
}

/**
 * Where to edit a value: its own place; where nobody wrote it, the nearest thing around it in `file`, or `file` itself. What
 * surrounds it in another file (a sizing profile) would mislead.
 */
export function nearestPlace(tree: Tree, path: readonly (string | number)[], file: string): Place {
  const own = entryAt(tree, path)?.value.place;
  if (own) return own;
  for (let length = path.length; length > 0; length--) {
    const place = entryAt(tree, path.slice(0, length))?.keyPlace;
    if (place?.file === file) return place;
  }
  return { file };
}

function describe(error: ErrorObject, tree: Tree, file: string): Detail {
  const path = pathOf(error.instancePath, tree);
  const name = path.length === 0 ? 'the file' : formatPath(path);
  const parent = error.parentSchema as JsonSchema | undefined;
  const at = (message: string, hint?: string, place = nearestPlace(tree, path, file)): Detail => ({
    place,
    message,
    hint,
  });

  switch (error.keyword) {
    case 'additionalProperties': {
      const key = (error.params as { additionalProperty: string }).additionalProperty;
      const known = Object.keys(parent?.properties ?? {});
      const guess = closest(key, known);
      const place = entryAt(tree, [...path, key])?.keyPlace ?? nearestPlace(tree, path, file);
      const allowed = known.length > 0 ? `; known here: ${known.join(', ')}` : '';
      const message = `${formatPath([...path, key])} is not known${guess ? `; did you mean ${guess}?` : allowed}`;
      return at(message, undefined, place);
    }
    case 'required': {
      const key = (error.params as { missingProperty: string }).missingProperty;
      const what = parent?.properties?.[key];
      const needs = what?.title ?? (what?.type && article(what.type));
      return at(`${formatPath([...path, key])} is missing${needs ? `; it must be ${needs}` : ''}`);
    }
    case 'enum': {
      const allowed = (error.params as { allowedValues: unknown[] }).allowedValues.map(String);
      const guess = closest(String(error.data), allowed);
      const message = `${name} is ${show(error.data)}; allowed: ${allowed.join(', ')}${guess ? `; did you mean ${guess}?` : ''}`;
      return at(message);
    }
    case 'type': {
      const wanted = (error.params as { type: string }).type;
      const found = entryAt(tree, path);
      if (found && isNothing(found.value))
        return at(`${name} has no value; it must be ${parent?.title ?? article(wanted)}`);
      const quote = wanted === 'string' && typeof error.data !== 'object';
      const message = `${name} is ${show(error.data)}; it must be ${parent?.title ?? article(wanted)}`;
      return at(message, quote ? `Write it in quotes: "${String(error.data)}"` : undefined);
    }
    case 'pattern':
    case 'format':
      return at(
        `${name} is ${show(error.data)}; it must be ${parent?.title ?? (error.message ?? '').replace(/^must be /, '')}`,
      );
    default:
      return at(`${name} is ${show(error.data)}; it ${error.message ?? 'is not allowed'}`);
  }
}

/** ajv gives a JSON pointer, in which a list's index looks like a key. */
function pathOf(pointer: string, tree: Tree): (string | number)[] {
  const path: (string | number)[] = [];
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(entryAt(tree, path)?.value.kind === 'list' ? Number(key) : key);
  }
  return path;
}

function article(type: string): string {
  return type === 'object'
    ? 'a map'
    : type === 'array'
      ? 'a list'
      : /^[aeiou]/.test(type)
        ? `an ${type}`
        : `a ${type}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${String(value.length)}`;
  if (value !== null && typeof value === 'object') return 'a map';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}
