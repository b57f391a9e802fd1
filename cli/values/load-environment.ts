import { join } from 'node:path';
import { closest } from '../errors/did-you-mean.ts';
import { PlatformError, type Detail } from '../errors/platform-error.ts';
import { exists, listNames } from '../ports/files.ts';
import { loadValuesSchema } from './apps.ts';
import { checkValues, dnsLabel, nearestPlace } from './check-values.ts';
import type { Environment, EnvironmentValues } from './environment.ts';
import { fillDefaults } from './fill-defaults.ts';
import { findContradictions } from './rules.ts';
import { invalidValues, readPlatform } from './load-platform.ts';
import { readYamlMap } from './read-yaml.ts';
import { readSizing } from './sizing.ts';
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
 * @throws {PlatformError} NAME_INVALID, ENVIRONMENT_UNKNOWN, VALUES_SYNTAX; VALUES_INVALID with all errors at once.
 */
export async function loadEnvironment(
  { root }: { readonly root: string },
  name: string,
): Promise<Environment> {
  const { environment, problems } = await readEnvironment(root, name);
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
  const wanted = names.length > 0 ? [...new Set(names)] : await listEnvironments(root);
  const readings = await Promise.all(wanted.map(async (name) => readEnvironment(root, name)));
  const problems = readings.flatMap((reading) => reading.problems);
  if (problems.length > 0) throw invalidValues(problems);
  return readings.map(({ environment }) => environment);
}

async function readEnvironment(
  root: string,
  name: string,
): Promise<{ environment: Environment; problems: Detail[] }> {
  await assertEnvironment(root, name);
  const file = valuesFile(name);
  const [{ platform, defaults, problems: platformProblems }, written, schema] = await Promise.all([
    readPlatform(root),
    readYamlMap(root, file),
    loadValuesSchema(root),
  ]);
  const byHand = merge(defaults, written);
  const sizing = await readSizing(root, byHand, schema, file);
  const merged = fillDefaults(merge(sizing.tree, byHand), schema) ?? emptyMap;
  const tree = withImages(merged, platform.registry);
  const problems = [...platformProblems, ...sizing.problems];
  problems.push(...checkValues(tree, schema, file, 'templates/schemas/values.schema.json'));

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
  const known = await listEnvironments(root);
  const guess = closest(name, known);
  const hint = guess
    ? `Did you mean ${guess}?`
    : known.length > 0
      ? `Environments: ${known.join(', ')}`
      : 'platform env new dev';
  throw new PlatformError(
    'ENVIRONMENT_UNKNOWN',
    `there is no environment ${JSON.stringify(name).slice(1, -1)}: ${valuesFile(JSON.stringify(name).slice(1, -1))} is not there`,
    hint,
  );
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
