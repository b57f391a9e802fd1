import { join } from 'node:path';
import type { BuildDeps } from '../build/build-folder.ts';
import { emptyBuild, type Build } from '../build/build.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import { quote } from '../ports/run.ts';
import { hasRemote } from '../publish/bare-repository.ts';
import { requireCloneRemote } from '../publish/clone-remote.ts';
import { diffBuilds, type ObjectChange } from '../publish/diff-builds.ts';
import { buildAt, buildRendered } from '../publish/diff-environment.ts';
import { requireCommittable } from '../publish/committable.ts';
import { requireNoSubmodules } from '../publish/publishable.ts';
import { remoteOf } from '../publish/remote-of.ts';
import { openKeptBuilds } from '../toolchain/kept-builds.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import { planRender, type Change } from '../render/plan-render.ts';
import { sopsConfigFile } from '../render/sops-config.ts';
import type { Finding } from '../validate/finding.ts';
import { secretsFolder } from '../validate/secret-files.ts';
import { validateEnvironment } from '../validate/validate-environment.ts';
import { readAppliedCommit } from './applied-revision.ts';
import { requireFollowed } from './git-source.ts';
import { readJournal } from './journal.ts';
import { openRunningCluster, type OpenCluster } from './open-cluster.ts';

/** What a deploy will write, commit and change in the cluster. */
export interface DeployPlan {
  readonly cluster: OpenCluster & { readonly kube: Kube };
  /** The git remote of this clone that the commit is pushed to. */
  readonly remote: string;
  /** Rendered files that differ from the working tree. */
  readonly files: readonly Change[];
  /** What will be committed: values, and every rendered file that differs from HEAD. Relative to the root. */
  readonly paths: readonly string[];
  /** What the cluster will hold. */
  readonly build: Build;
  /** Against what runs now, object by object. */
  readonly changes: readonly ObjectChange[];
  /** False where what runs now cannot be built from this clone: `changes` then shows everything as new. */
  readonly comparable: boolean;
  /** Warnings of validation; errors are thrown. */
  readonly findings: readonly Finding[];
}

/** What makes an environment beside its values: must be committed by a person, since deploy commits only its own. */
const inputs = (name: string): string[] => [
  'templates',
  'infrastructure',
  ':(glob)apps/*/base/**',
  ':(glob)apps/*/demo/**',
  secretsFolder(name),
];

/**
 * Renders and validates in a side folder; writes nothing.
 *
 * @param say Gets the stage that begins.
 * @throws {PlatformError} GIT_UNUSABLE, VALUES_INVALID, RENDERED_FILE_EDITED, BUILD_FAILED, VALIDATION_FAILED,
 *   CLUSTER_MISSING, CLUSTER_STOPPED, COMPONENT_NOT_STARTED
 */
export async function planDeploy(
  deps: Deps,
  name: string,
  say: (stage: string) => void,
): Promise<DeployPlan> {
  say('cluster and clone');
  const cluster = await openRunningCluster(deps, name);
  const { environment, git } = cluster;
  await requireNoUnfinishedRebuild(cluster);
  await requireStarted(cluster);
  await requireCommittable(deps, git);
  await requireCommittedInputs(deps, name);
  await requireNoSubmodules(deps, name, git.head);
  await requireFollowed(cluster.kube, environment);
  const address = remoteOf(environment);
  const remote = address ? await requireCloneRemote(deps, address) : name;
  if (!address) await hasRemote(deps, { path: cluster.kept.repository, environment: name });
  say('render');
  const rendered = await planRender(deps, [environment]);
  const files = rendered.filter(({ change }) => change !== 'same');
  say('build');
  const builds = openKeptBuilds(deps);
  const build = await buildRendered({ ...deps, builds }, environment, rendered);
  say('validate');
  const findings = await validateEnvironment({ root: deps.root, schemas: await pinnedSchemas(deps) }, build);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new PlatformError(
      'VALIDATION_FAILED',
      `${errors.length} errors in the manifests of ${name}; nothing was written`,
      `platform validate ${name}`,
      {
        details: errors.map(({ code, message, object, place, hint }) => ({
          message: `${code} ${object ?? ''} ${message}`,
          place,
          hint,
        })),
      },
    );
  }
  say('compare with what runs');
  const before = await buildApplied({ ...deps, builds }, cluster, remote);
  builds.prune();
  return {
    cluster,
    remote,
    files,
    paths: await pathsToCommit(deps, cluster, rendered, files),
    build,
    changes: diffBuilds(before ?? emptyBuild(name), build),
    comparable: before !== undefined,
    findings,
  };
}

/** A component that the engine has to bring up is not there: Flux would report errors that say nothing of the reason. */
async function requireStarted({ engine, environment: { name } }: OpenCluster): Promise<void> {
  const lacking = (await engine.lacks?.()) ?? [];
  if (lacking.length === 0) return;
  throw new PlatformError(
    'COMPONENT_NOT_STARTED',
    `the cluster of ${name} was started without ${lacking.join(' and ')}, which values have now`,
    `platform bootstrap ${name}`,
  );
}

/** How far to look for a commit that builds; each try takes about a second. */
const commitsBack = 10;

/**
 * What runs now, to compare with: not HEAD, since commits may lie between that nobody was asked about. Where the applied
 * commit cannot be built, Flux keeps what the one before it gave, so that one is taken.
 *
 * @returns undefined where none of the last commits can be built.
 * @throws {PlatformError} GIT_PUSH_REJECTED where this clone lacks it: a push would be refused as well.
 */
async function buildApplied(
  deps: Deps & BuildDeps,
  { environment, kube }: DeployPlan['cluster'],
  remote: string,
): Promise<Build | undefined> {
  const applied = await readAppliedCommit(kube);
  if (applied === undefined) return emptyBuild(environment.name);
  if ((await gitIn(deps.run, deps.root).revParse(applied)) === undefined) {
    throw new PlatformError(
      'GIT_PUSH_REJECTED',
      `${environment.name} runs ${applied.slice(0, 7)}, a commit that this clone lacks`,
      `git pull --rebase --autostash ${remote} ${environment.git.branch}`,
    );
  }
  for (let back = 0; back <= commitsBack; back += 1) {
    const revision = `${applied}~${back}`;
    if ((await gitIn(deps.run, deps.root).revParse(revision)) === undefined) return undefined;
    try {
      return await buildAt(deps, environment.name, revision);
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === 'BUILD_FAILED')) throw error;
    }
  }
  return undefined;
}

/** Values, and what render writes or has removed; nothing else that happens to lie beside them. */
async function pathsToCommit(
  deps: Pick<Deps, 'root'>,
  { environment: { name }, git }: OpenCluster,
  rendered: readonly Change[],
  files: readonly Change[],
): Promise<string[]> {
  const ours = new Set([
    `clusters/${name}/values.yaml`,
    'platform.yaml',
    ...rendered.map(({ path }) => path),
  ]);
  const folders = new RegExp(`^(clusters/${name}/flux|(apps|infrastructure)/.+/overlays/${name})/`);
  const changed: string[] = [];
  for (const path of git.changed) {
    if (ours.has(path) || (folders.test(path) && !(await exists(join(deps.root, path))))) changed.push(path);
  }
  const written = files.map(({ path }) => path);
  return [...new Set([...changed, ...written])].sort();
}

async function requireNoUnfinishedRebuild({ environment: { name }, kept }: OpenCluster): Promise<void> {
  if (!(await readJournal(kept.journal))) return;
  throw new PlatformError(
    'CLUSTER_BUSY',
    `a nuke-and-rebuild of ${name} is unfinished, and holds the cluster at the commit that it rebuilds`,
    `platform nuke-and-rebuild ${name}`,
  );
}

/** @throws {PlatformError} GIT_UNUSABLE with what is to be committed; of secrets with `.sops.yaml`, which changes with them. */
export async function requireCommittedInputs(deps: Pick<Deps, 'root' | 'run'>, name: string): Promise<void> {
  const changed = await gitIn(deps.run, deps.root).changedPaths([...inputs(name), sopsConfigFile]);
  const edited = changed.filter((path) => path !== sopsConfigFile);
  const [first] = edited;
  if (first === undefined) return;
  const others = edited.length > 1 ? ` and ${edited.length - 1} more` : '';
  const secrets = edited.some((path) => path.startsWith(`${secretsFolder(name)}/`));
  const folders = (secrets ? changed : edited).map(folderOf);
  throw new PlatformError(
    'GIT_UNUSABLE',
    `${first}${others} would be part of what is deployed, and is not committed; deploy commits only values and rendered files`,
    `git add ${[...new Set(folders)].map(quote).join(' ')} && git commit`,
  );
}

/** `templates`, `apps/trades`, `clusters/dev/secrets`: few words, however many files changed. */
function folderOf(path: string): string {
  const depth = path.startsWith('apps/') ? 2 : path.startsWith('clusters/') ? 3 : 1;
  return path.split('/').slice(0, depth).join('/');
}
