import { join } from 'node:path';
import { PlatformError, type Detail } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, listNames } from '../ports/files.ts';
import { demoTag, withImages } from './app-images.ts';
import { loadValuesSchema } from './apps.ts';
import { assertRealFiles } from './assert-real-files.ts';
import { dnsLabel, nearestPlace } from './check-values.ts';
import { compileValuesCheck } from './compile-values-check.ts';
import type { Environment, EnvironmentValues } from './environment.ts';
import { environmentUnknown } from './environment-unknown.ts';
import { fillDefaults } from './fill-defaults.ts';
import { findContradictions } from './rules.ts';
import { automationProblems } from './image-automation.ts';
import { invalidValues, readPlatform, type PlatformReading } from './load-platform.ts';
import { memoize, once } from './memoize.ts';
import { checkAlways, checkOnce, type Checking } from './passed-checks.ts';
import { readWrittenMap } from './read-yaml.ts';
import type { JsonSchema } from './schema.ts';
import { readSizing, sizingsIn, type Sizings } from './sizing.ts';
import { emptyMap, entryAt, merge, toPlain, type Tree } from './tree.ts';

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
  deps: Pick<Deps, 'root'> & Partial<Pick<Deps, 'home' | 'locations'>>,
  name: string,
): Promise<Environment> {
  const { root, home, locations } = deps;
  assertRealFiles(root);
  const checking = home !== undefined && locations ? checkOnce({ root, home, locations }) : checkAlways;
  const { environment, problems } = await readEnvironment(root, name, sharedValues(root, checking));
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
  readonly check: (tree: Tree, file: string) => Promise<readonly Detail[]>;
  readonly sizings: Sizings;
  readonly demoTagOf: (app: string) => string | undefined;
  /** The names in clusters/. */
  readonly folders: () => Promise<readonly string[]>;
}

function sharedValues(root: string, checking: Checking = checkAlways): SharedValues {
  const schema = once(async () => loadValuesSchema(root));
  const compiled = once(async () =>
    compileValuesCheck(await schema(), 'templates/schemas/values.schema.json'),
  );
  return {
    platform: once(async () => readPlatform(root, checking)),
    schema,
    check: async (tree, file) =>
      checking(file, [await schema(), toPlain(tree)], async () => (await compiled())(tree, file)),
    sizings: sizingsIn(root),
    demoTagOf: memoize((app: string) => demoTag(root, app)),
    folders: once(async () => listNames(join(root, 'clusters'), 'directory')),
  };
}

async function readEnvironment(
  root: string,
  name: string,
  shared: SharedValues,
): Promise<{ environment: Environment; problems: Detail[] }> {
  await assertEnvironment(root, name, shared);
  const file = valuesFile(name);
  const [{ platform, defaults, problems: platformProblems }, written, schema] = await Promise.all([
    shared.platform(),
    readWrittenMap(root, file),
    shared.schema(),
  ]);
  if (!written) throw emptyFile(file);
  const byHand = merge(defaults, written);
  const sizing = await readSizing(shared.sizings, byHand, schema, file);
  const merged = fillDefaults(merge(sizing.tree, byHand), schema) ?? emptyMap;
  const { demoTagOf } = shared;
  const images = withImages(merged, { schema, registry: platform.registry, demoTagOf, file });
  const { tree } = images;
  const problems = [...platformProblems, ...sizing.problems, ...images.problems];
  problems.push(...(await shared.check(tree, file)));

  const values = toPlain(tree) as unknown as EnvironmentValues;
  const environment: Environment = {
    name,
    client: platform.client,
    registry: platform.registry,
    git: platform.git,
    values,
    placeOf: (path) => entryAt(tree, path)?.value.place,
  };
  if (problems.length === 0) {
    const contradictions = [...findContradictions(values), ...(await automationProblems(root, environment))];
    for (const { path, against = path, message, hint } of contradictions) {
      const places = [path, against].map((one) => nearestPlace(tree, one, file));
      const place = places.find((one) => one.file === file && one.line !== undefined) ?? places[0];
      problems.push({ place, message, hint });
    }
  }
  return { environment, problems };
}

/** A file that was emptied by accident would take all components, images and the protection away, with no other word. */
function emptyFile(file: string): PlatformError {
  const place = { file, line: 1, column: 1 };
  const message = 'the file has no values: everything would take its default';
  return new PlatformError(
    'VALUES_INVALID',
    `${file} has no values: everything would take its default, and components would leave the cluster`,
    `git restore ${file}; or write {} into it, where all defaults are meant`,
    { details: [{ place, message }] },
  );
}

async function assertEnvironment(root: string, name: string, { folders }: SharedValues): Promise<void> {
  if (!dnsLabel.test(name) && (await folders()).includes(name)) {
    throw new PlatformError(
      'NAME_INVALID',
      `${JSON.stringify(name)} cannot be an environment: its name is no DNS label (lower-case letters, digits and -, at most 63)`,
      'Rename its folder under clusters/',
    );
  }
  if (dnsLabel.test(name) && (await exists(join(root, valuesFile(name))))) return;
  throw environmentUnknown(name, await listEnvironments(root), `${valuesFile(name)} is not there`);
}
