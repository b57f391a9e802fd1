import { compileCheck, type ValuesCheck } from './check-values.ts';
import { memoize } from './memoize.ts';
import type { JsonSchema } from './schema.ts';
import { entryAt, type Tree } from './tree.ts';

/**
 * As {@link compileCheck}, for the schema of all values. Compiling takes longer than all else, and few environments write
 * anything about most components: the part of each is compiled when the first one does. What nobody wrote is what the schema
 * gives by itself; a schema that wants more than it gives is always compiled.
 *
 * @returns Errors in components come last.
 */
export async function compileValuesCheck(
  schema: JsonSchema,
  schemaFile: string,
): Promise<(...values: Parameters<ValuesCheck>) => Promise<ReturnType<ValuesCheck>>> {
  const { components, ...others } = schema.properties ?? {};
  const known = components?.properties ?? {};
  const anything = Object.fromEntries(Object.keys(known).map((name) => [name, {}]));
  const properties = {
    ...others,
    ...(components ? { components: { ...components, properties: anything } } : {}),
  };
  const check = await compileCheck({ ...schema, properties }, schemaFile);
  const incomplete = new Set(Object.keys(known).filter((name) => wantsMore(known[name] ?? {})));
  const ofComponent = memoize(async (name: string) =>
    compileCheck(
      {
        type: 'object',
        properties: { components: { type: 'object', properties: { [name]: known[name] ?? {} } } },
      },
      schemaFile,
    ),
  );
  return async (tree, file) => {
    const needed = Object.keys(known).filter((name) => incomplete.has(name) || isWritten(tree, name));
    const checks = await Promise.all(needed.map(ofComponent));
    return [check, ...checks].flatMap((each) => each(tree, file));
  };
}

/** A default has no place. */
function isWritten(tree: Tree, component: string): boolean {
  return entryAt(tree, ['components', component])?.value.place !== undefined;
}

/** True where a schema requires what it has no default for, at any depth. */
function wantsMore({ properties = {}, required = [] }: JsonSchema): boolean {
  return (
    required.some((key) => properties[key]?.default === undefined && !properties[key]?.properties) ||
    Object.values(properties).some(wantsMore)
  );
}
