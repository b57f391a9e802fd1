import type { JsonSchema } from './schema.ts';
import { type MapEntry, type Tree, fromPlain, isNothing } from './tree.ts';

/** What a schema gives where nothing was written: the same for every environment. */
const ofNothing = new WeakMap<JsonSchema, { readonly tree: Tree | undefined }>();

/**
 * Adds the schema's defaults where nothing was written, also below maps that nobody wrote: ajv does not do that.
 *
 * @returns undefined where there is neither a value nor a default.
 */
export function fillDefaults(tree: Tree | undefined, schema: JsonSchema): Tree | undefined {
  const written = tree && !isNothing(tree) ? tree : undefined;
  if (written) return fill(written, schema);
  const known = ofNothing.get(schema);
  if (known) return known.tree;
  const filled = fill(undefined, schema);
  ofNothing.set(schema, { tree: filled });
  return filled;
}

function fill(written: Tree | undefined, schema: JsonSchema): Tree | undefined {
  const value = written ?? (schema.default === undefined ? undefined : fromPlain(schema.default));
  if (value?.kind === 'list') {
    const { items } = schema;
    return items ? { ...value, items: value.items.map((item) => fillDefaults(item, items) ?? item) } : value;
  }
  if (value && value.kind !== 'map') return value;
  if (!value && !schema.properties) return undefined;

  // In the schema's order, so that what is rendered does not depend on the order in which people write.
  const entries = new Map<string, MapEntry>();
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const entry = value?.entries.get(key);
    const filled = fillDefaults(entry?.value, property);
    if (filled) entries.set(key, { keyPlace: entry?.keyPlace, value: filled });
  }
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  for (const [key, entry] of value?.entries ?? []) {
    if (schema.properties && Object.hasOwn(schema.properties, key)) continue;
    entries.set(key, { ...entry, value: fillDefaults(entry.value, others) ?? entry.value });
  }
  if (!value && entries.size === 0) return undefined;
  return { kind: 'map', entries, place: value?.place };
}
