import { join } from 'node:path';
import { PlatformError, type Detail } from '../errors/platform-error.ts';
import { exists, listNames } from '../ports/files.ts';
import { loadValuesSchema } from './apps.ts';
import { assertRealFiles } from './assert-real-files.ts';
import { compileCheck, dnsLabel, nearestPlace, type ValuesCheck } from './check-values.ts';
import type { Environment, EnvironmentValues } from './environment.ts';
import { environmentUnknown } from './environment-unknown.ts';
import { fillDefaults } from './fill-defaults.ts';
import { findContradictions } from './rules.ts';
import { invalidValues, readPlatform, type PlatformReading } from './load-platform.ts';
import { once } from './memoize.ts';
import { readYamlMap } from './read-yaml.ts';
import type { JsonSchema } from './schema.ts';
import { readSizing, sizingsIn, type Sizings } from './sizing.ts';
import { type Tree, emptyMap, entryAt, merge, toPlain } from './tree.ts';

/** Where a person edits an environment, relative to the root. */
export function valuesFile(environment: string): string {
  return `clusters/${environment}/values.yaml`;
}

/** The names of all environments, sorted: the folders of clusters/ with a values.yaml. */
export async function listEnvironments(root: string): Promise<string[]> {
  const names = await listNames(join(root, 'clusters'), 'directory');
  const found = await Promise.all(names.map(async (name) => exists(join(root, valuesFile(name)))));
  return names.filter((_, index) => found[index]);
}

/**
 * Merges and checks the values of one environment.
 *
 * @throws {PlatformError} FILE_UNUSABLE, NAME_INVALID, ENVIRONMENT_UNKNOWN, VALUES_SYNTAX; VALUES_INVALID with all errors at once.
 */
export async function loadEnvironment(
  { root }: { readonly root: string },
  name: string,
): Promise<Environment> {
  assertRealFiles(root);
  const { environment, problems } = await readEnvironment(root, name, sharedValues(root));
  if (problems.length > 0) throw invalidValues(problems);
  return environment;
}

/**
 * As {@link loadEnvironment}, for several: the VALUES_INVALID of all of them is one error.
 *
 * @param names Empty for every environment there is.
 */
export async function loadEnvironments(
  { root }: { readonly root: string },
  names: readonly string[] = [],
): Promise<Environment[]> {
  assertRealFiles(root);
  const wanted = names.length > 0 ? [...new Set(names)] : await listEnvironments(root);
  const shared = sharedValues(root);
  const readings = await Promise.all(wanted.map(async (name) => readEnvironment(root, name, shared)));
  const problems = readings.flatMap((reading) => reading.problems);
  if (problems.length > 0) throw invalidValues(problems);
  return readings.map(({ environment }) => environment);
}

/** What all environments have in common, each part read once, when it is needed. */
interface SharedValues {
  readonly platform: () => Promise<PlatformReading>;
  readonly schema: () => Promise<JsonSchema>;
  readonly check: () => Promise<ValuesCheck>;
  readonly sizings: Sizings;
}

function sharedValues(root: string): SharedValues {
  const schema = once(async () => loadValuesSchema(root));
  return {
    platform: once(async () => readPlatform(root)),
    schema,
    check: once(async () => compileCheck(await schema(), 'templates/schemas/values.schema.json')),
    sizings: sizingsIn(root),
  };
}

async function readEnvironment(
  root: string,
  name: string,
  shared: SharedValues,
): Promise<{ environment: Environment; problems: Detail[] }> {
  await assertEnvironment(root, name);
  const file = valuesFile(name);
  const [{ platform, defaults, problems: platformProblems }, written, schema] = await Promise.all([
    shared.platform(),
    readYamlMap(root, file),
    shared.schema(),
  ]);
  const byHand = merge(defaults, written);
  const sizing = await readSizing(shared.sizings, byHand, schema, file);
  const merged = fillDefaults(merge(sizing.tree, byHand), schema) ?? emptyMap;
  const tree = withImages(merged, platform.registry);
  const problems = [...platformProblems, ...sizing.problems];
  problems.push(...(await shared.check())(tree, file));

  const values = toPlain(tree) as unknown as EnvironmentValues;
  if (problems.length === 0) {
    for (const { path, against = path, message, hint } of findContradictions(values)) {
      const places = [path, against].map((one) => nearestPlace(tree, one, file));
      const place = places.find((one) => one.file === file && one.line !== undefined) ?? places[0];
      problems.push({ place, message, hint });
    }
  }
  const environment: Environment = {
    name,
    client: platform.client,
    registry: platform.registry,
    git: platform.git,
    values,
    placeOf: (path) => entryAt(tree, path)?.value.place,
  };
  return { environment, problems };
}

async function assertEnvironment(root: string, name: string): Promise<void> {
  const folders = await listNames(join(root, 'clusters'), 'directory');
  if (!dnsLabel.test(name) && folders.includes(name)) {
    throw new PlatformError(
      'NAME_INVALID',
      `${JSON.stringify(name)} cannot be an environment: its name is no DNS label (lower-case letters, digits and -, at most 63)`,
      'Rename its folder under clusters/',
    );
  }
  if (dnsLabel.test(name) && (await exists(join(root, valuesFile(name))))) return;
  throw environmentUnknown(name, await listEnvironments(root), `${valuesFile(name)} is not there`);
}

/** The one default that depends on other values, so no schema can hold it: `<registry>/<app>`. */
function withImages(tree: Tree, registry: string): Tree {
  const apps = entryAt(tree, ['apps'])?.value;
  if (apps?.kind !== 'map') return tree;
  let result = tree;
  for (const app of apps.entries.keys()) {
    const image = entryAt(apps, [app, 'image'])?.value;
    if (image?.kind !== 'map' || image.entries.has('repository')) continue;
    const repository: Tree = { kind: 'scalar', value: `${registry}/${app}` };
    result = replaceAt(result, ['apps', app, 'image', 'repository'], repository);
  }
  return result;
}

function replaceAt(tree: Tree, path: readonly string[], value: Tree): Tree {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (tree.kind !== 'map') return tree;
  const below = tree.entries.get(key);
  const child = replaceAt(below?.value ?? emptyMap, rest, value);
  return { ...tree, entries: new Map(tree.entries).set(key, { keyPlace: below?.keyPlace, value: child }) };
}
