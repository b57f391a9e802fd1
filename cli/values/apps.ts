import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { exists, listNames } from '../ports/files.ts';
import { compileCheck, dnsLabel, type ValuesCheck } from './check-values.ts';
import { listComponents, loadComponentSchema } from './components.ts';
import { fillDefaults } from './fill-defaults.ts';
import { once } from './memoize.ts';
import { readYamlMap } from './read-yaml.ts';
import { type JsonSchema, loadSchema } from './schema.ts';
import { emptyMap, toPlain } from './tree.ts';

export type AppKind = 'deployment' | 'service' | 'job';

/** What an app is in every environment: `templates/apps/<app>/app.yaml`. */
export interface App {
  readonly name: string;
  readonly kind: AppKind;
  readonly description: string;
  /** In their order; empty for what is no job. */
  readonly stages: readonly string[];
}

const appsFolder = 'templates/apps';

/** The names of all apps, sorted: the folders of templates/apps. */
export async function listApps(root: string): Promise<string[]> {
  return listNames(join(root, appsFolder), 'directory');
}

/** As {@link loadApps}, for one of them. */
export async function loadApp(root: string, name: string): Promise<App> {
  return readApp(
    root,
    name,
    once(async () => loadDescription(root)),
  );
}

/**
 * Reads what every app is.
 *
 * @throws {PlatformError} NAME_INVALID, VALUES_SYNTAX or TEMPLATE_FAILED: the folder was made by a person, and something is wrong in it.
 */
export async function loadApps(root: string): Promise<App[]> {
  const description = once(async () => loadDescription(root));
  const names = await listApps(root);
  return Promise.all(names.map(async (name) => readApp(root, name, description)));
}

/** The schema of app.yaml. */
interface Description {
  readonly schema: JsonSchema;
  readonly check: ValuesCheck;
}

async function loadDescription(root: string): Promise<Description> {
  const file = 'templates/schemas/app.schema.json';
  const schema = await loadSchema(root, file);
  return { schema, check: await compileCheck(schema, file) };
}

async function readApp(root: string, name: string, description: () => Promise<Description>): Promise<App> {
  const folder = `${appsFolder}/${name}`;
  assertAppName(name);
  const file = `${folder}/app.yaml`;
  if (!(await exists(join(root, file)))) {
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `${folder} is no app: it has no app.yaml`,
      `Write ${file}, with kind: deployment`,
      {
        details: [{ place: { file }, message: 'the file is missing' }],
      },
    );
  }
  const { schema, check } = await description();
  const tree = fillDefaults(await readYamlMap(root, file), schema) ?? emptyMap;
  const details = check(tree, file);
  const written = toPlain(tree) as unknown as Omit<App, 'name' | 'stages'> & { stages?: string[] };
  if (details.length === 0 && (written.kind === 'job') !== (written.stages !== undefined)) {
    details.push({ place: { file }, message: 'stages belong to kind: job, and a job needs them' });
  }
  if (details.length > 0) {
    throw new PlatformError('TEMPLATE_FAILED', `${file} does not describe an app`, `Edit ${file}`, {
      details,
    });
  }
  return { name, kind: written.kind, description: written.description, stages: written.stages ?? [] };
}

function assertAppName(name: string): void {
  if (dnsLabel.test(name)) return;
  const folder = `${appsFolder}/${name}`;
  throw new PlatformError(
    'NAME_INVALID',
    `${folder} cannot be an app: its name is no DNS label (lower-case letters, digits and -, at most 63)`,
    `git mv ${folder} ${appsFolder}/<new name>`,
  );
}

/** The schema of an app's values, found by its folder. */
export async function loadAppSchema(root: string, name: string): Promise<JsonSchema> {
  assertAppName(name);
  const file = `${appsFolder}/${name}/values.schema.json`;
  if (!(await exists(join(root, file)))) {
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `the app ${name} has no schema of its values`,
      `Write ${file}`,
      {
        details: [{ place: { file }, message: 'the file is missing' }],
      },
    );
  }
  const schema = await loadSchema(root, file);
  // Without it the app would count as switched off, and rendering would take it away.
  if (schema.properties?.['enabled']?.type !== 'boolean') {
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `${file} does not describe the values of an app: it has no property "enabled" of the type boolean`,
      `Edit ${file}: "enabled": { "$ref": "../../schemas/shared.schema.json#/$defs/enabled" }`,
      { details: [{ place: { file }, message: 'no property "enabled"' }] },
    );
  }
  return schema;
}

/** The schema of a whole values.yaml: the shared part, with the schemas of each component and of each app. */
export async function loadValuesSchema(root: string): Promise<JsonSchema> {
  const [schema, apps, components] = await Promise.all([
    loadSchema(root, 'templates/schemas/values.schema.json'),
    schemasOf(await listApps(root), async (name) => loadAppSchema(root, name)),
    schemasOf(await listComponents(root), async (name) => loadComponentSchema(root, name)),
  ]);
  const { properties = {} } = schema;
  return {
    ...schema,
    properties: {
      ...properties,
      components: { ...properties['components'], properties: components },
      apps: { ...properties['apps'], properties: apps },
    },
  };
}

async function schemasOf(
  names: readonly string[],
  load: (name: string) => Promise<JsonSchema>,
): Promise<Record<string, JsonSchema>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await load(name)] as const)));
}
