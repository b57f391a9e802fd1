import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import { listFiles, readText, readTextIfThere } from '../ports/files.ts';
import { hashLength } from '../render/job-hash.ts';
import { unitName } from '../render/kustomizations.ts';
import { type AppKind, listApps, loadApp } from '../values/apps.ts';
import { documentValues, loadValuesSchemas } from '../values/document-values.ts';
import { platformFile } from '../values/load-platform.ts';
import { blameSkeleton, readAppSkeleton } from './app-skeleton.ts';
import { setInYaml } from './edit-yaml.ts';
import { assertLabel, invalidName, longestLabel } from './names.ts';
import { assertNothingInTheWay, type NewFile } from './new-files.ts';
import { renderAll, withTrial } from './trial.ts';

/** What the first image of an app is tagged with, until someone writes another. */
const firstTag = '0.1.0';

/** Flux Kustomizations that every environment has, or may have, beside those of its apps. */
const reserved = ['namespaces', 'secrets'];

const valuesDocument = 'docs/values.md';

/**
 * All files of a new app: its base and templates from templates/scaffold/app/<kind>, its image's tag in platform.yaml, and what
 * rendering gives for it in every environment. Tried out in a side folder; nothing is written here.
 *
 * @returns Sorted by path, for `applyNewFiles`.
 * @throws {PlatformError} NAME_INVALID; VALUES_INVALID, VALUES_SYNTAX or TEMPLATE_FAILED of what is there already, or of the skeleton.
 */
export async function planNewApp(
  { root }: { readonly root: string },
  { name, kind }: { readonly name: string; readonly kind: AppKind },
): Promise<NewFile[]> {
  await assertAppName(root, name, kind);
  const before = new Set((await renderAll(root)).map(({ path }) => path));
  const skeleton = await readAppSkeleton(root, kind, name);
  const platform = await platformWithTag(root, name);
  const files = await withTrial(root, [...skeleton, ...platform], async (trial): Promise<NewFile[]> => {
    try {
      await assertUnitNames(root, trial, name, kind);
      const rendered = (await renderAll(trial)).filter(({ path }) => !before.has(path));
      return [
        ...skeleton,
        ...rendered.map(({ path, content }) => ({ path, content, change: 'create' as const })),
        ...platform,
        ...(await documentWithApp(root, trial)),
      ];
    } catch (error) {
      throw blameSkeleton(error, kind, skeleton);
    }
  });
  await assertNothingInTheWay(root, name, files);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What can be said of the name before anything is read. */
async function assertAppName(root: string, name: string, kind: AppKind): Promise<void> {
  assertLabel(name, 'an app', `platform app new --kind ${kind}`);
  if (kind === 'service' && /^[0-9]/.test(name)) {
    const hint = `platform app new --kind service app-${name}`;
    throw invalidName(name, 'a service', 'the name of a Service begins with a letter', hint);
  }
  for (const folder of [`templates/apps/${name}`, `apps/${name}`]) {
    if ((await listFiles(join(root, folder))).length === 0) continue;
    throw invalidName(name, 'a new app', `it is taken: ${folder} is there`, another(kind));
  }
}

/**
 * Holds the names of the app's Flux Kustomizations and Jobs against those that are there.
 *
 * @param trial Where the new app can be read as if it were there.
 */
async function assertUnitNames(root: string, trial: string, name: string, kind: AppKind): Promise<void> {
  const { stages } = await loadApp(trial, name);
  const units = stages.length === 0 ? [name] : stages.map((stage) => unitName(name, stage));
  const longest = Math.max(...units.map((unit) => unit.length)) + (kind === 'job' ? hashLength + 1 : 0);
  if (longest > longestLabel) {
    const most = `at most ${name.length + longestLabel - longest} are allowed, since the names of its Jobs are longer`;
    throw invalidName(name, 'a job', `it has ${name.length} characters, and ${most}`, another(kind));
  }
  const taken = new Map(reserved.map((unit) => [unit, 'the platform itself']));
  for (const other of await listApps(root)) {
    taken.set(other, `the app ${other}`);
    for (const stage of (await loadApp(root, other)).stages)
      taken.set(unitName(other, stage), `the app ${other}`);
  }
  for (const unit of new Set([name, ...units])) {
    const owner = taken.get(unit);
    if (owner === undefined) continue;
    throw invalidName(name, 'a new app', `${owner} has a part that is named ${unit}`, another(kind));
  }
}

function another(kind: AppKind): string {
  return `platform app new <another name> --kind ${kind}`;
}

/** platform.yaml with a tag for the app's image; nothing where it has one. */
async function platformWithTag(root: string, name: string): Promise<NewFile[]> {
  const text = await readText(join(root, platformFile));
  const path = ['defaults', 'apps', name];
  try {
    if (parseDocument(text).hasIn([...path, 'image', 'tag'])) return [];
    const content = setInYaml(text, path, { image: { tag: firstTag } });
    return [{ path: platformFile, content, change: 'update' }];
  } catch (error) {
    throw new PlatformError(
      'VALUES_SYNTAX',
      `defaults.apps.${name} cannot be added to ${platformFile}: ${String(error)}`,
      `Edit ${platformFile}: write defaults and apps as plain maps, without aliases`,
      { cause: error, details: [{ place: { file: platformFile }, message: String(error) }] },
    );
  }
}

/** docs/values.md with the app's values, where it is up to date; a file that is not is left to whoever keeps it. */
async function documentWithApp(root: string, trial: string): Promise<NewFile[]> {
  const written = await readTextIfThere(join(root, valuesDocument));
  if (written !== documentValues(await loadValuesSchemas(root))) return [];
  const content = documentValues(await loadValuesSchemas(trial));
  return [{ path: valuesDocument, content, change: 'update' }];
}
