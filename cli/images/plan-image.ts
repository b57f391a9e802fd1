import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, readTextIfThere } from '../ports/files.ts';
import { quote } from '../ports/run.ts';
import { demoFolder, demoRepository, demoTag } from '../values/app-images.ts';
import { loadApp } from '../values/apps.ts';
import type { Environment } from '../values/environment.ts';
import { loadEnvironment, valuesFile } from '../values/load-environment.ts';
import { imageLabels } from './labels.ts';
import { requireApp } from './require-app.ts';
import { readSourceState } from './source-state.ts';
import { imageTag, isThrowAway, tagOf } from './tag-policy.ts';

/** One image that can be built. */
export interface ImagePlan {
  readonly app: string;
  /** `<repository>:<tag>` */
  readonly image: string;
  /** demo: a Go program of this repository · context: any folder with a Dockerfile. */
  readonly kind: 'demo' | 'context';
  /** Absolute. */
  readonly folder: string;
  /** As Docker names them; empty for the daemon's own. */
  readonly platforms: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageWish {
  /** Whose values name the repository. */
  readonly environment: string;
  readonly tag?: string | undefined;
  readonly pre?: string | undefined;
  /** Absolute; the app's demo where it is absent. */
  readonly context?: string | undefined;
  readonly platforms: readonly string[];
  /** An SPDX expression; by default that of the repository's package.json. */
  readonly licenses?: string | undefined;
}

type PlanDeps = Pick<Deps, 'root' | 'run' | 'clock'>;

/**
 * Says which image a build makes, from what, and how it is labelled. A demo without a tag gets the name that rendering gives
 * it; anything else `<registry>/<app>`, or the repository that the environment's values name.
 *
 * @throws {PlatformError} APP_UNKNOWN, IMAGE_TAG_INVALID, FILE_UNUSABLE; GIT_UNUSABLE for files that nobody committed.
 */
export async function planImage(deps: PlanDeps, name: string, wish: ImageWish): Promise<ImagePlan> {
  const { root } = deps;
  const app = await requireApp(root, name);
  const environment = await loadEnvironment({ root }, wish.environment);
  const { context, platforms } = wish;
  const folder = context ?? join(root, demoFolder(name));
  const image = imageName(environment, name, wish, deps.clock.now(), root);
  await requireDockerfile(root, name, folder, context);
  const source = await readSourceState(deps, folder);
  requireCommitted(image, folder, source?.changed);
  const labels = imageLabels({
    title: name,
    description: app.description,
    licenses: wish.licenses ?? (await licensesOf(root)),
    source,
    remote: context === undefined ? environment.git.remote : undefined,
  });
  return { app: name, image, kind: context === undefined ? 'demo' : 'context', folder, platforms, labels };
}

/**
 * The plan for a demo that an environment runs, as of a commit.
 *
 * @param root Of a copy of the repository at that commit.
 */
export async function planDemo(
  deps: Pick<Deps, 'root' | 'run'>,
  { root, name, image, commit }: { root: string; name: string; image: string; commit: string },
  { git: { remote } }: Environment,
): Promise<ImagePlan> {
  const { description } = await loadApp(root, name);
  const licenses = await licensesOf(root);
  const source = await readSourceState(deps, deps.root, commit);
  return {
    app: name,
    image,
    kind: 'demo',
    folder: join(root, demoFolder(name)),
    platforms: [],
    labels: imageLabels({ title: name, description, licenses, source, remote }),
  };
}

function imageName(
  environment: Environment,
  app: string,
  { tag, pre, context }: ImageWish,
  now: number,
  root: string,
): string {
  if (tag !== undefined) return `${ownRepository(environment, app)}:${imageTag(tag, pre, now)}`;
  if (context !== undefined || pre !== undefined) {
    throw new PlatformError(
      'IMAGE_TAG_INVALID',
      `${context === undefined ? '--pre' : '--context'} needs a version for the image of ${app}`,
      `platform image build ${app} --env ${environment.name}${context === undefined ? '' : ` --context ${quote(context)}`} --tag 0.1.0${pre === undefined ? '' : ` --pre ${pre}`}`,
    );
  }
  return `${demoRepository(app)}:${demoTag(root, app) ?? ''}`;
}

async function requireDockerfile(
  root: string,
  app: string,
  folder: string,
  context: string | undefined,
): Promise<void> {
  if (await exists(join(folder, 'Dockerfile'))) return;
  if (context !== undefined) {
    const hint = 'Name the folder of a Dockerfile: --context <folder>';
    throw new PlatformError('FILE_UNUSABLE', `${folder} has no Dockerfile`, hint);
  }
  const what = demoTag(root, app) === undefined ? 'no demo to build' : `no Dockerfile in ${demoFolder(app)}`;
  throw new PlatformError(
    'FILE_UNUSABLE',
    `${app} has ${what}`,
    `Name the folder of its source: platform image build ${app} --context <folder> --tag 0.1.0`,
  );
}

function requireCommitted(image: string, folder: string, changed: readonly string[] | undefined): void {
  const tag = tagOf(image);
  if (isThrowAway(tag) || changed?.length === 0) return;
  const why =
    changed === undefined
      ? `${folder} is in no git repository with a commit`
      : `${changed[0] ?? ''}${changed.length > 1 ? ` and ${changed.length - 1} more` : ''} is not committed`;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `${image} could not be built again: ${why}`,
    `Commit it first; or build what stays on this machine: --tag ${tag.split('-')[0] ?? tag} --pre dev`,
  );
}

/** What the repository says of itself; `NOASSERTION` is SPDX's word for nothing. */
async function licensesOf(root: string): Promise<string> {
  const text = (await readTextIfThere(join(root, 'package.json'))) ?? '{}';
  return /"license":\s*"([^"]+)"/.exec(text)?.[1] ?? 'NOASSERTION';
}

/**
 * The image that an environment's values give to an app.
 *
 * @param tag Where it is given: that one, of the app's own repository also where a demo runs.
 * @throws {PlatformError} APP_UNKNOWN, IMAGE_TAG_INVALID; IMAGE_MISSING where the values name none.
 */
export async function imageOf(
  root: string,
  environment: Environment,
  app: string,
  tag?: string,
): Promise<string> {
  await requireApp(root, app);
  const image = environment.values.apps[app]?.image;
  if (tag !== undefined) return `${ownRepository(environment, app)}:${imageTag(tag, undefined, 0)}`;
  if (image) return `${image.repository}:${image.tag}`;
  const file = valuesFile(environment.name);
  throw new PlatformError(
    'IMAGE_MISSING',
    `${file} gives no image to ${app}`,
    `Set apps.${app}.enabled: true in ${file}`,
  );
}

/** Where the images lie that people build of an app: what values say, or `<registry>/<app>`. */
export function ownRepository({ registry, values }: Environment, app: string): string {
  const named = values.apps[app]?.image?.repository;
  return named === undefined || named === demoRepository(app) ? `${registry}/${app}` : named;
}
