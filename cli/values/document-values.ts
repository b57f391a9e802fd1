import { loadAppSchema, listApps } from './apps.ts';
import { listComponents, loadComponentSchema } from './components.ts';
import { type JsonSchema, loadSchema } from './schema.ts';

/** All schemas that people write values against. */
export interface ValuesSchemas {
  readonly platform: JsonSchema;
  /** One environment, without its components and apps. */
  readonly environment: JsonSchema;
  readonly components: readonly { readonly name: string; readonly schema: JsonSchema }[];
  readonly apps: readonly { readonly name: string; readonly schema: JsonSchema }[];
}

export async function loadValuesSchemas(root: string): Promise<ValuesSchemas> {
  const [names, components] = [await listApps(root), await listComponents(root)];
  return {
    platform: await loadSchema(root, 'templates/schemas/platform.schema.json'),
    environment: await loadSchema(root, 'templates/schemas/values.schema.json'),
    components: await Promise.all(
      components.map(async (name) => ({ name, schema: await loadComponentSchema(root, name) })),
    ),
    apps: await Promise.all(names.map(async (name) => ({ name, schema: await loadAppSchema(root, name) }))),
  };
}

/** docs/values.md: every key of every schema, with what is allowed and its default. */
export function documentValues({ platform, environment, components, apps }: ValuesSchemas): string {
  const parts = [
    '# Values',
    'Generated from the JSON Schemas in `templates/` by `npm run update:docs`. Do not edit.',
    'A value is looked for in this order; the last one that has it wins: the default below, the sizing profile ' +
      '(`templates/sizing/<profile>.yaml` and `templates/apps/<app>/sizing/<profile>.yaml`), `defaults` in `platform.yaml`, ' +
      '`clusters/<environment>/values.yaml`. Maps are merged key by key, lists are replaced, and a key with nothing after it says nothing.',
    '## platform.yaml',
    platform.description ?? '',
    table(platform, ''),
    '## clusters/&lt;environment>/values.yaml',
    environment.description ?? '',
    table(environment, ''),
    ...components.flatMap(({ name, schema }) => [
      `### components.${name}`,
      schema.description ?? '',
      table(schema, ''),
    ]),
    ...apps.flatMap(({ name, schema }) => [`### apps.${name}`, schema.description ?? '', table(schema, '')]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function table(schema: JsonSchema, prefix: string): string {
  return ['| key | allowed | default | meaning |', '| --- | --- | --- | --- |', ...rows(schema, prefix)].join(
    '\n',
  );
}

function rows(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = `${prefix}${key}`;
    if (property.properties) {
      const row = `| \`${path}\` | a map |  | ${cell(property.description ?? '')} |`;
      return [row, ...rows(property, `${path}.`)];
    }
    const value = property.default === undefined ? '' : `\`${cell(JSON.stringify(property.default))}\``;
    const required = schema.required?.includes(key) && property.default === undefined ? ' Required.' : '';
    const meaning = cell((property.description ?? '') + required);
    return [`| \`${path}\` | ${cell(allowed(property))} | ${value} | ${meaning} |`];
  });
}

function allowed(schema: JsonSchema): string {
  if (schema.enum)
    return schema.enum
      .map((value) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``)
      .join(', ');
  if (schema.type === 'array') return `a list of: ${schema.items ? allowed(schema.items) : 'anything'}`;
  if (schema.title !== undefined) return schema.title;
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${String(minimum)} to ${String(maximum)}`;
  if (minimum !== undefined) return `at least ${String(minimum)}`;
  return (
    { boolean: 'true or false', string: 'text', integer: 'a whole number', object: 'a map' }[
      schema.type ?? ''
    ] ?? ''
  );
}

/** Safe inside of a table; `<` is escaped outside of code only. */
function cell(text: string): string {
  const parts = text.replaceAll('|', '\\|').replaceAll('\n', ' ').split('`');
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part)).join('`');
}
