import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readText, writeFileAtomically } from '../ports/files.ts';
import { commitPaths } from '../publish/commit.ts';
import { requireCommittable } from '../publish/committable.ts';
import { buildRendered } from '../publish/diff-environment.ts';
import { readRepositoryState } from '../publish/repository-state.ts';
import { applyRender, planRender, type Change } from '../render/plan-render.ts';
import { setInYaml } from '../scaffold/edit-yaml.ts';
import { withTrial } from '../scaffold/trial.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import { validateEnvironment } from '../validate/validate-environment.ts';
import { defaultRange, isRange } from '../values/image-range.ts';
import { loadEnvironment, valuesFile } from '../values/load-environment.ts';
import type { Environment } from '../values/environment.ts';
import { latestTag } from './latest-tag.ts';
import { imageOf, ownRepository } from './plan-image.ts';
import { warnOfNotPushed } from './not-pushed.ts';
import { listTags } from './registry-tags.ts';
import { tagOf } from './tag-policy.ts';

/** A change of one app's image in one environment, ready to be written. */
export interface BumpPlan {
  readonly app: string;
  readonly environment: string;
  /** `<repository>:<tag>` */
  readonly from: string;
  readonly to: string;
  /** Of the values, relative to the root, with its new content. */
  readonly file: string;
  readonly content: string;
  readonly rendered: readonly Change[];
  /** The git remote that Flux follows, where platform.yaml names one. */
  readonly remote: string | undefined;
  /** That the tag is not in its registry; empty where it is, and where nobody knows. */
  readonly warnings: readonly string[];
}

/**
 * Writes a tag into values, renders and validates: in a side folder, nothing in the repository changes.
 *
 * @param tag Undefined for the highest that the registry has in the environment's range; a given one is looked up as well,
 *   meanwhile, and one that the registry lacks is a warning: it may be pushed later.
 * @throws {PlatformError} APP_UNKNOWN, IMAGE_MISSING, REGISTRY_FAILED; GIT_UNUSABLE; VALUES_INVALID; VALIDATION_FAILED.
 */
export async function planBump(
  deps: Deps,
  app: string,
  name: string,
  tag: string | undefined,
): Promise<BumpPlan> {
  const { root } = deps;
  const before = await loadEnvironment({ root }, name);
  const from = await imageOf(root, before, app);
  await requireCleanInputs(deps, name);
  const file = valuesFile(name);
  const wanted = tag ?? (await latestOf(deps, before, app));
  const content = withTag(await readText(join(root, file)), file, app, wanted);
  return withTrial(root, [{ path: file, content }], async (trial) => {
    const environment = await loadEnvironment({ root: trial }, name);
    const to = await imageOf(trial, environment, app);
    const notPushed = tag === undefined ? undefined : warnOfNotPushed(deps, environment, app, to);
    const rendered = await planRender({ root }, [environment]);
    const build = await buildRendered(deps, environment, rendered);
    const findings = await validateEnvironment({ root, schemas: await pinnedSchemas(deps) }, build);
    const [first] = findings.filter(({ severity }) => severity === 'error');
    if (first) {
      throw new PlatformError(
        'VALIDATION_FAILED',
        `with ${wanted} the manifests of ${name} are wrong, so nothing was written: ${first.code} ${first.message}`,
        first.hint,
      );
    }
    const { remote } = environment.git;
    const warnings = (await notPushed) ?? [];
    return {
      app,
      environment: name,
      from,
      to,
      file,
      content,
      rendered: changedIn(rendered),
      remote,
      warnings,
    };
  });
}

/** Writes and commits a plan, and nothing else. @returns The commit; undefined where values said so before. */
export async function applyBump(deps: Deps, plan: BumpPlan): Promise<string | undefined> {
  const { app, environment, to, file, content, rendered } = plan;
  const path = join(deps.root, file);
  if ((await readText(path)) !== content) await writeFileAtomically(path, content);
  await applyRender(deps, rendered);
  const paths = [file, ...rendered.map((change) => change.path)];
  return commitPaths(deps, paths, `${environment}: run ${app} ${tagOf(to)}`);
}

function changedIn(rendered: readonly Change[]): Change[] {
  return rendered.filter(({ change }) => change !== 'same');
}

/** The commit is to hold the new tag alone, so nothing that rendering reads or writes may be edited. */
async function requireCleanInputs(deps: Deps, name: string): Promise<void> {
  const state = await readRepositoryState(deps);
  await requireCommittable(deps, state);
  const read = new RegExp(`^(platform\\.yaml$|templates/|clusters/${name}/|infrastructure/|apps/)`);
  const others = new RegExp(`^(apps|infrastructure)/.*/overlays/(?!${name}/)`);
  const edited = state.changed.find((path) => read.test(path) && !others.test(path));
  if (edited === undefined) return;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `${edited} is not committed, and the commit of a new tag is to hold nothing else`,
    `git stash, or commit it; or write the tag into ${valuesFile(name)} yourself and: platform deploy ${name}`,
  );
}

async function latestOf(deps: Deps, environment: Environment, app: string): Promise<string> {
  const { name, values } = environment;
  const written = values.apps[app]?.image?.range;
  const range = written ?? defaultRange(name);
  if (!isRange(range)) {
    const message = `apps.${app}.image.range is ${JSON.stringify(range)}; it must be a range of versions such as ~1.2.0`;
    const place = environment.placeOf(['apps', app, 'image', 'range']) ?? { file: valuesFile(name) };
    throw new PlatformError('VALUES_INVALID', `a value is wrong: ${message}`, `Edit ${place.file}`, {
      details: [{ place, message }],
    });
  }
  const repository = ownRepository(environment, app);
  const tags = await listTags(deps, repository);
  const found = latestTag(tags, range);
  if (found !== undefined) return found;
  throw new PlatformError(
    'IMAGE_MISSING',
    `none of the ${tags.length} tags of ${repository} is a version in ${range}`,
    written === undefined
      ? `Write apps.${app}.image.range into ${valuesFile(name)}, e.g. ">=0.0.0-0" for builds before a release too; or name the tag`
      : `Edit apps.${app}.image.range in ${valuesFile(name)}, or name the tag`,
  );
}

function withTag(text: string, file: string, app: string, tag: string): string {
  try {
    const path = ['apps', app, 'image'];
    const has = parseDocument(text).hasIn(path);
    return has ? setInYaml(text, [...path, 'tag'], tag) : setInYaml(text, path, { tag });
  } catch (error) {
    throw new PlatformError(
      'VALUES_SYNTAX',
      `apps.${app}.image.tag cannot be written into ${file}: ${String(error)}`,
      `Edit ${file}: write apps.${app}.image as a plain map, without aliases`,
      { cause: error, details: [{ place: { file }, message: String(error) }] },
    );
  }
}
