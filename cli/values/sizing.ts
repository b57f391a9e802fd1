import { join } from 'node:path';
import { closest } from '../errors/did-you-mean.ts';
import type { Detail } from '../errors/platform-error.ts';
import { exists, listNames } from '../ports/files.ts';
import { listApps } from './apps.ts';
import { dnsLabel, nearestPlace } from './check-values.ts';
import { memoize, once } from './memoize.ts';
import { readYamlMap } from './read-yaml.ts';
import type { JsonSchema } from './schema.ts';
import { type MapEntry, type Tree, emptyMap, entryAt, merge } from './tree.ts';

/** The names of all sizing profiles, sorted: the files of templates/sizing. */
async function listSizings(root: string): Promise<string[]> {
  const files = await listNames(join(root, 'templates/sizing'), 'file');
  return files.filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length));
}

/** Sizing profiles, each read when the first environment names it. */
export interface Sizings {
  readonly names: () => Promise<string[]>;
  readonly profile: (name: string) => Promise<Tree>;
}

export function sizingsIn(root: string): Sizings {
  return {
    names: once(async () => listSizings(root)),
    profile: memoize(async (name: string) => readProfile(root, name)),
  };
}

/**
 * The sizing profile that the values name: templates/sizing/<profile>.yaml, and below `apps` what each app's folder has
 * for it. An app without one keeps its schema's defaults.
 *
 * @param values What people wrote: platform.yaml's defaults and values.yaml.
 * @param file   Named where the profile is a default.
 */
export async function readSizing(
  sizings: Sizings,
  values: Tree,
  schema: JsonSchema,
  file: string,
): Promise<{ tree: Tree; problems: Detail[] }> {
  const written = entryAt(values, ['sizing'])?.value;
  const name = written?.kind === 'scalar' ? (written.value ?? undefined) : undefined;
  const profile = name ?? schema.properties?.['sizing']?.default;
  // Anything else is mistyped, and the check against the schema says so.
  if (typeof profile !== 'string' || !dnsLabel.test(profile)) return { tree: emptyMap, problems: [] };

  const known = await sizings.names();
  if (!known.includes(profile)) {
    const guess = closest(profile, known);
    const message = `sizing is "${profile}"; allowed: ${known.join(', ')}${guess ? `; did you mean ${guess}?` : ''}`;
    return { tree: emptyMap, problems: [{ place: nearestPlace(values, ['sizing'], file), message }] };
  }
  return { tree: await sizings.profile(profile), problems: [] };
}

async function readProfile(root: string, profile: string): Promise<Tree> {
  const shared = await readYamlMap(root, `templates/sizing/${profile}.yaml`);
  const apps = new Map<string, MapEntry>();
  for (const app of await listApps(root)) {
    const part = `templates/apps/${app}/sizing/${profile}.yaml`;
    if (await exists(join(root, part))) apps.set(app, { value: await readYamlMap(root, part) });
  }
  const ofApps: Tree = {
    kind: 'map',
    entries: new Map([['apps', { value: { kind: 'map', entries: apps } }]]),
  };
  return merge(shared, ofApps);
}
