import { join } from 'node:path';
import pinned from '../../versions.json' with { type: 'json' };
import { PlatformError } from '../errors/platform-error.ts';
import { exists, isDirectory, listNames } from '../ports/files.ts';
import { compileCheck, dnsLabel, type ValuesCheck } from './check-values.ts';
import type { ComponentValues, EnvironmentValues } from './environment.ts';
import { fillDefaults } from './fill-defaults.ts';
import { once } from './memoize.ts';
import { readYamlMap } from './read-yaml.ts';
import { type JsonSchema, loadSchema } from './schema.ts';
import { emptyMap, toPlain } from './tree.ts';

/** What a component of the infrastructure is in every environment: `component.yaml` in its folder of {@link controllersFolder}. */
export interface Component {
  readonly name: string;
  readonly description: string;
  /** What its templates call a version, and the version of versions.json: `chart` to `3.13.1`. */
  readonly pins: Readonly<Record<string, string>>;
  /** API groups of the kinds that it brings. */
  readonly groups: readonly string[];
  /** What a person has to do besides switching it on, one sentence each. */
  readonly notes: readonly string[];
  /** Whether it has objects of the kinds that it brings, applied after it: templates/infrastructure/configs/<name>. */
  readonly hasConfigs: boolean;
}

export const controllersFolder = 'templates/infrastructure/controllers';
export const configsFolder = 'templates/infrastructure/configs';

/** The names of all components, sorted: the folders of {@link controllersFolder}. */
export async function listComponents(root: string): Promise<string[]> {
  return listNames(join(root, controllersFolder), 'directory');
}

/**
 * Reads what every component is.
 *
 * @throws {PlatformError} NAME_INVALID, VALUES_SYNTAX or TEMPLATE_FAILED: the folder was made by a person, and something is wrong in it.
 */
export async function loadComponents(root: string): Promise<Component[]> {
  const file = 'templates/schemas/component.schema.json';
  const description = once(async () => {
    const schema = await loadSchema(root, file);
    return { schema, check: await compileCheck(schema, file) };
  });
  const names = await listComponents(root);
  return Promise.all(names.map(async (name) => readComponent(root, name, description)));
}

async function readComponent(
  root: string,
  name: string,
  description: () => Promise<{ readonly schema: JsonSchema; readonly check: ValuesCheck }>,
): Promise<Component> {
  assertComponentName(name);
  const file = `${controllersFolder}/${name}/component.yaml`;
  if (!(await exists(join(root, file)))) throw fileMissing(name, file);
  const { schema, check } = await description();
  const tree = fillDefaults(await readYamlMap(root, file), schema) ?? emptyMap;
  const details = check(tree, file);
  const { pins, ...written } = toPlain(tree) as unknown as Omit<Component, 'name' | 'hasConfigs'>;
  for (const [word, pin] of Object.entries(details.length === 0 ? pins : {})) {
    if (Object.hasOwn(pinned, pin)) continue;
    details.push({ place: { file }, message: `pins.${word} is ${pin}, which versions.json does not have` });
  }
  if (details.length > 0) {
    throw new PlatformError('TEMPLATE_FAILED', `${file} does not describe a component`, `Edit ${file}`, {
      details,
    });
  }
  return {
    ...written,
    name,
    pins: Object.fromEntries(
      Object.entries(pins).map(([word, pin]) => [word, (pinned as Record<string, string>)[pin] ?? '']),
    ),
    hasConfigs: await isDirectory(join(root, configsFolder, name)),
  };
}

/** The schema of a component's values, found by its folder. */
export async function loadComponentSchema(root: string, name: string): Promise<JsonSchema> {
  assertComponentName(name);
  const file = `${controllersFolder}/${name}/values.schema.json`;
  if (!(await exists(join(root, file)))) throw fileMissing(name, file);
  const schema = await loadSchema(root, file);
  for (const key of ['enabled', 'provided']) {
    if (schema.properties?.[key]?.type === 'boolean') continue;
    throw new PlatformError(
      'TEMPLATE_FAILED',
      `${file} does not describe the values of a component: it has no property "${key}" of the type boolean`,
      `Edit ${file}: "${key}": { "$ref": "../../../schemas/shared.schema.json#/$defs/component${key === 'enabled' ? 'Enabled' : 'Provided'}" }`,
      { details: [{ place: { file }, message: `no property "${key}"` }] },
    );
  }
  return schema;
}

function assertComponentName(name: string): void {
  if (dnsLabel.test(name)) return;
  const folder = `${controllersFolder}/${name}`;
  throw new PlatformError(
    'NAME_INVALID',
    `${folder} cannot be a component: its name is no DNS label (lower-case letters, digits and -, at most 63)`,
    `git mv ${folder} ${controllersFolder}/<new name>`,
  );
}

function fileMissing(name: string, file: string): PlatformError {
  return new PlatformError('TEMPLATE_FAILED', `the component ${name} has no ${file}`, `Write ${file}`, {
    details: [{ place: { file }, message: 'the file is missing' }],
  });
}

/** Whether this repository puts a component into the environment's cluster. */
export function isEnabled({ components }: Pick<EnvironmentValues, 'components'>, name: string): boolean {
  return components[name]?.enabled === true;
}

/** The components that this repository puts into the environment's cluster, sorted. */
export function enabledComponents({ components = {} }: Partial<EnvironmentValues>): string[] {
  return Object.keys(components)
    .filter((name) => components[name]?.enabled === true)
    .sort();
}

/** Whether the environment's cluster has a component, from here or from somebody else. */
export function isPresent({ components }: Pick<EnvironmentValues, 'components'>, name: string): boolean {
  return isEnabled({ components }, name) || components[name]?.provided === true;
}

/** The values of one component, of a name that may not be one. */
export function componentValues(
  { components }: Pick<EnvironmentValues, 'components'>,
  name: string,
): ComponentValues | undefined {
  return Object.hasOwn(components, name) ? components[name] : undefined;
}
