import { buildFolder, type BuildDeps } from '../../build/build-folder.ts';
import { fluxFolder } from '../../build/build.ts';
import { fluxPath, fluxSpec, type FluxKustomizationSpec } from '../../build/flux-kustomization.ts';
import { traceBuild, type Spot } from '../../build/trace-build.ts';
import { PlatformError } from '../../errors/platform-error.ts';
import type { Deps } from '../../ports/deps.ts';
import { join, posix } from 'node:path';
import { readText } from '../../ports/files.ts';
import { formatRef, refOf, type KubeObject, type ObjectRef } from '../../ports/kube.ts';
import { blameLine, type Blame } from '../../publish/blame.ts';
import { withTreeAt } from '../../publish/tree-at.ts';
import { readHeader } from '../../render/header.ts';
import { traceRender, type TemplateLine } from '../../render/trace-render.ts';
import { loadEnvironment } from '../../values/load-environment.ts';
import type { Environment } from '../../values/environment.ts';
import { fieldAt, leavesOf, type Field } from './field-path.ts';
import { originOfValue, type ValueOrigin } from './value-origin.ts';

/** Where one value in the repository comes from, from the manifest back to the key that a person edits. */
export interface Origin extends Spot {
  /** Whether `platform render` wrote the file. */
  readonly rendered: boolean;
  readonly template?: Pick<TemplateLine, 'file' | 'line' | 'text'>;
  readonly values: readonly ValueOrigin[];
  /** Of the line to edit: the value's, else the template's, else this one. */
  readonly blame?: Blame;
}

/** A field as git has it, and where that comes from. */
export interface FieldInGit {
  /** The folder that Flux builds. */
  readonly folder: string;
  /** Undefined where git says nothing of it, or no field was asked for. */
  readonly field: Field | undefined;
  /** The paths of all single values that git gives the object. */
  readonly fields: readonly string[];
  readonly origins: readonly Origin[];
}

type ExplainDeps = BuildDeps & Pick<Deps, 'root'>;

/**
 * Explains a field of an object that a Flux Kustomization applies, at the commit that is applied.
 *
 * @param applier The name of that Kustomization; undefined for the root, which applies the Flux objects themselves.
 * @param path    As {@link fieldAt} reads it; without one, only the names of its fields are told.
 * @throws {PlatformError} FIELD_UNKNOWN where it holds several; GIT_UNUSABLE, BUILD_FAILED.
 */
export async function explainField(
  deps: ExplainDeps,
  commit: string,
  subject: {
    readonly environment: string;
    readonly applier: string | undefined;
    readonly ref: ObjectRef;
    readonly path: string | undefined;
  },
): Promise<FieldInGit> {
  return withTreeAt(deps, commit, async (tree) => {
    const { folder, spec } = await folderOf(deps, tree, subject);
    const root = fluxFolder(subject.environment);
    const id = formatRef(subject.ref);
    const find = (objects: readonly KubeObject[]): KubeObject | undefined =>
      objects.find((one) => formatRef(refOf(one)) === id);
    const { path } = subject;
    const read = (objects: readonly KubeObject[]): Field | undefined =>
      path === undefined ? undefined : fieldAt(find(objects), path);
    const built = await buildFolder(deps, tree, folder, spec);
    const field = read(built);
    const fields = leavesOf({ path: '', value: find(built) ?? {} }).filter((leaf) => leaf !== '');
    if (!field) return { folder, field, fields, origins: [] };
    requireSingle(field, subject.environment, id);
    const target = {
      key: String(field.keys.at(-1) ?? ''),
      read: (objects: readonly KubeObject[]) => textOf(read(objects)),
    };
    const components = (spec.components ?? []).map((each) => posix.join(folder, each));
    let spots = await traceBuild(tree, {
      ...target,
      inputs: [folder, ...components],
      build: async () => buildFolder(deps, tree, folder, spec),
    });
    // What the folder does not say, the Kustomization may lay over it: patches, images, the namespace.
    if (spots.length === 0 && laysOver(spec))
      spots = await traceBuild(tree, {
        ...target,
        inputs: [root],
        build: async () => {
          const flux = await appliedBy(deps, tree, root, subject.applier);
          return flux ? buildFolder(deps, tree, fluxPath(flux), fluxSpec(flux)) : [];
        },
      });
    const environment = await loadEnvironment({ root: tree }, subject.environment);
    const origins: Origin[] = [];
    for (const spot of spots) origins.push(await originOf(deps, { tree, commit, environment }, spot));
    return { folder, field, fields, origins };
  });
}

async function folderOf(
  deps: ExplainDeps,
  tree: string,
  { environment, applier }: { readonly environment: string; readonly applier: string | undefined },
): Promise<{ folder: string; spec: FluxKustomizationSpec }> {
  const root = fluxFolder(environment);
  if (applier === undefined) return { folder: root, spec: {} };
  const found = await appliedBy(deps, tree, root, applier);
  if (found) return { folder: fluxPath(found), spec: fluxSpec(found) };
  throw new PlatformError(
    'OBJECT_UNKNOWN',
    `${root} has no Kustomization ${applier}: it is not of this repository`,
    `kubectl describe -n flux-system kustomization ${applier}`,
  );
}

function laysOver({
  patches,
  images,
  targetNamespace,
  namePrefix,
  nameSuffix,
  commonMetadata,
}: FluxKustomizationSpec): boolean {
  return [patches, images, targetNamespace, namePrefix, nameSuffix, commonMetadata].some(
    (each) => each !== undefined,
  );
}

async function appliedBy(
  deps: ExplainDeps,
  tree: string,
  root: string,
  applier: string | undefined,
): Promise<KubeObject | undefined> {
  const flux = await buildFolder(deps, tree, root);
  return flux.find(({ kind, metadata }) => kind === 'Kustomization' && metadata.name === applier);
}

function textOf(field: Field | undefined): string | undefined {
  const value = field?.value;
  const single = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return single ? String(value) : undefined;
}

function requireSingle(field: Field, environment: string, id: string): void {
  const leaves = leavesOf(field);
  if (leaves.length === 1 && leaves[0] === field.path) return;
  throw new PlatformError(
    'FIELD_UNKNOWN',
    `${field.path} of ${id} holds ${leaves.length} fields; one can be explained at a time`,
    `platform explain ${environment} ${id} '${leaves[0] ?? ''}'`,
    { details: leaves.map((leaf) => ({ message: leaf })) },
  );
}

async function originOf(
  deps: ExplainDeps,
  { tree, commit, environment }: { tree: string; commit: string; environment: Environment },
  spot: Spot,
): Promise<Origin> {
  const content = await readText(join(tree, spot.file));
  const rendered = readHeader(content) !== undefined;
  const traced = rendered
    ? await traceRender({ root: tree }, environment, { path: spot.file, content, line: spot.line })
    : undefined;
  const app = /^apps\/([^/]+)\//.exec(spot.file)?.[1];
  const values: ValueOrigin[] = [];
  for (const use of traced?.uses ?? []) values.push(await originOfValue(tree, environment, use, app));
  const edited = values.find(({ place }) => place?.line !== undefined)?.place ?? traced ?? spot;
  const blame = await blameLine(deps, commit, { file: edited.file, line: edited.line ?? 1 });
  return {
    ...spot,
    rendered,
    ...(traced ? { template: { file: traced.file, line: traced.line, text: traced.text } } : {}),
    values,
    ...(blame ? { blame } : {}),
  };
}
