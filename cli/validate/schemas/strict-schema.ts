import type { JsonSchema } from './schema-source.ts';

const prefix = '#/components/schemas/';
const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** Keywords that only document, or that mean nothing to a validator of one object. */
const dropped = [
  'description',
  'default',
  'example',
  'externalDocs',
  'title',
  'nullable',
  'discriminator',
  'readOnly',
];

/** Keywords whose value is a list of schemas of which the value must match some: they narrow, they do not list all fields. */
const branches = ['allOf', 'anyOf', 'oneOf'];

/** As the API server reads one: a number, or a number with a suffix. The documents say only "string or number". */
const quantitySchema: JsonSchema = {
  anyOf: [
    { type: 'number' },
    { type: 'string', pattern: '^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$' },
  ],
};

/** The name by which ajv knows a component. */
export function componentId(key: string): string {
  return `urn:component:${encodeURIComponent(key)}`;
}

/**
 * A component of an OpenAPI document or CRD as a JSON Schema that refuses fields nobody defined, as `kubectl apply` with
 * strict field validation does.
 *
 * @param custom See ApiSchemas: required fields that have a default may be missing.
 * @returns The schema, and the keys of the components it refers to.
 */
export function strictSchema(
  key: string,
  schema: JsonSchema,
  custom: boolean,
): { schema: JsonSchema; needs: string[] } {
  if (key === quantity) return { schema: quantitySchema, needs: [] };
  const needs = new Set<string>();
  const strict = convert(schema, { custom, needs, narrowing: false });
  if (!custom) return { schema: strict, needs: [...needs] };
  // A CRD does not describe what every object has.
  const properties = {
    ...(strict['properties'] as object | undefined),
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { $ref: componentId(objectMeta) },
  };
  return { schema: { ...strict, properties }, needs: [...needs, objectMeta] };
}

interface Context {
  readonly custom: boolean;
  readonly needs: Set<string>;
  /** Inside allOf, anyOf, oneOf, not: a schema there does not list all fields. */
  readonly narrowing: boolean;
}

function convert(schema: JsonSchema, context: Context): JsonSchema {
  const reference = referenceOf(schema);
  if (reference !== undefined) {
    context.needs.add(reference);
    return { $ref: componentId(reference) };
  }
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (dropped.includes(keyword) || keyword.startsWith('x-')) continue;
    if (keyword === 'pattern' && !isPattern(value)) continue;
    result[keyword] = convertKeyword(keyword, value, context);
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    delete result['type'];
    result['anyOf'] = [{ type: 'integer' }, { type: 'string' }];
  }
  if (context.custom && Array.isArray(schema['required'])) result['required'] = withoutDefaulted(schema);
  if (isClosed(schema, context)) result['additionalProperties'] = false;
  if (schema['x-kubernetes-embedded-resource'] === true) {
    result['properties'] = {
      ...(result['properties'] as object | undefined),
      apiVersion: {},
      kind: {},
      metadata: {},
    };
  }
  return result;
}

/** `{allOf: [{$ref}], default, description}` is how the documents put a default beside a reference. */
function referenceOf(schema: JsonSchema): string | undefined {
  const only =
    Array.isArray(schema['allOf']) && schema['allOf'].length === 1
      ? (schema['allOf'][0] as JsonSchema)
      : schema;
  const reference = only['$ref'];
  return typeof reference === 'string' && reference.startsWith(prefix)
    ? reference.slice(prefix.length)
    : undefined;
}

function convertKeyword(keyword: string, value: unknown, context: Context): unknown {
  const narrowing = { ...context, narrowing: true };
  if (branches.includes(keyword)) return (value as JsonSchema[]).map((branch) => convert(branch, narrowing));
  if (keyword === 'not') return convert(value as JsonSchema, narrowing);
  if (keyword === 'properties') {
    const entries = Object.entries(value as Record<string, JsonSchema>);
    return Object.fromEntries(entries.map(([name, property]) => [name, convert(property, context)]));
  }
  if (keyword === 'items' || keyword === 'additionalProperties') {
    return typeof value === 'object' ? convert(value as JsonSchema, context) : value;
  }
  return value;
}

function isClosed(schema: JsonSchema, { narrowing }: Context): boolean {
  return (
    !narrowing &&
    schema['properties'] !== undefined &&
    schema['additionalProperties'] === undefined &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true
  );
}

function withoutDefaulted(schema: JsonSchema): unknown[] {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema | undefined>;
  return (schema['required'] as string[]).filter((name) => properties[name]?.['default'] === undefined);
}

/** CRDs write patterns for Go; the few that JavaScript cannot read (`(?i)`) are left to the API server. */
function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}
