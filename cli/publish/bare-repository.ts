import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, makePrivateDirectory, writeFileAtomically } from '../ports/files.ts';
import { gitIn, isRejectedPush } from '../ports/git.ts';
import { quote } from '../ports/run.ts';
import { withoutCredentials } from './remote-address.ts';

/** The repository that Flux follows when platform.yaml names no remote. */
export interface BareRepository {
  /** Absolute path of the bare repository. */
  readonly path: string;
  /** The branch that Flux follows. */
  readonly branch: string;
  /** The environment: also the name of the git remote in the clone. */
  readonly environment: string;
}

/**
 * What git runs after a push. It only reports: the supervisor watches the refs and asks Flux by itself, so that a push
 * deploys even where hooks cannot run.
 */
function postReceiveHook({ branch, environment }: BareRepository): string {
  return `#!/bin/sh
# Tells the pusher what happens next. Written by platform bootstrap; changes are overwritten.
while read -r _ new ref; do
  case "$ref" in
    refs/heads/${branch}) echo "${environment} is to run $(printf %.7s "$new"). Whether it does: platform status ${environment}" ;;
    *) echo "Nothing is deployed: Flux follows ${branch}, and this was \${ref#refs/heads/}. Deploy it: git push ${environment} HEAD:${branch}" ;;
  esac
done
`;
}

/**
 * Makes the bare repository, or brings an existing one up to date with this program: HEAD on the followed branch,
 * pushes from shallow clones allowed, pushes over HTTP refused, its own hooks even under a global core.hooksPath.
 *
 * @see {@link https://git-scm.com/docs/git-config} receive.shallowUpdate, http.receivepack, core.hooksPath
 */
export async function prepareBareRepository(
  deps: Pick<Deps, 'run'>,
  repository: BareRepository,
): Promise<'made' | 'already'> {
  const { path, branch } = repository;
  const existed = await exists(join(path, 'HEAD'));
  await makePrivateDirectory(path);
  const git = gitIn(deps.run, path);
  await git.run(['init', '--quiet', '--bare', `--initial-branch=${branch}`, path]);
  await git.run(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  const settings = {
    'receive.shallowUpdate': 'true',
    'http.receivepack': 'false',
    'http.uploadpack': 'true',
    'core.hooksPath': join(path, 'hooks'),
  };
  for (const [key, value] of Object.entries(settings)) await git.run(['config', key, value]);
  await writeFileAtomically(join(path, 'hooks/post-receive'), postReceiveHook(repository), 0o755);
  return existed ? 'already' : 'made';
}

/**
 * Makes the environment's git remote in the clone point at the bare repository. `git push <environment>` pushes the current
 * branch there, also in a clone without any other remote, whose branches have no upstream.
 *
 * @throws {PlatformError} GIT_UNUSABLE when a remote of that name points elsewhere.
 */
export async function addRemote(
  deps: Pick<Deps, 'root' | 'run'>,
  repository: Pick<BareRepository, 'path' | 'environment'>,
): Promise<void> {
  const { environment, path } = repository;
  const git = gitIn(deps.run, deps.root);
  if (!(await hasRemote(deps, repository))) await git.run(['remote', 'add', environment, path]);
  await git.run(['config', `remote.${environment}.push`, 'HEAD']);
}

/**
 * @returns Whether the clone has the environment's git remote.
 * @throws {PlatformError} GIT_UNUSABLE when a remote of that name points elsewhere.
 */
export async function hasRemote(
  deps: Pick<Deps, 'root' | 'run'>,
  { path, environment }: Pick<BareRepository, 'path' | 'environment'>,
): Promise<boolean> {
  const current = await gitIn(deps.run, deps.root).run(['remote', 'get-url', environment], {
    okExitCodes: [0, 2],
  });
  if (current.exitCode !== 0) return false;
  if (current.stdout.trim() === path) return true;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `the git remote ${environment} points at ${withoutCredentials(current.stdout.trim())}, not at the cluster's repository`,
    `git remote rename ${environment} ${environment}-old`,
  );
}

/**
 * Pushes a commit of the clone to the branch that Flux follows.
 *
 * @returns `already` when the branch was at that commit.
 * @throws {PlatformError} GIT_PUSH_REJECTED when the repository has commits that this clone lacks; GIT_UNUSABLE when it is
 *   damaged.
 */
export async function pushCommit(
  deps: Pick<Deps, 'root' | 'run'>,
  { path, branch, environment }: BareRepository,
  commit: string,
): Promise<'pushed' | 'already'> {
  const published = async (): Promise<string | undefined> =>
    gitIn(deps.run, path).revParse(`refs/heads/${branch}`);
  if ((await published()) === commit) return 'already';
  try {
    await gitIn(deps.run, deps.root).push(environment, `${commit}:refs/heads/${branch}`);
    return 'pushed';
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const rejected = isRejectedPush(error);
    if (rejected && (await published()) !== undefined) {
      throw new PlatformError(
        'GIT_PUSH_REJECTED',
        `${branch} of ${environment} has commits that this clone lacks, so ${commit.slice(0, 7)} cannot be pushed over them`,
        `git pull --rebase --autostash ${environment} ${branch}`,
        { cause: error },
      );
    }
    // It has a branch, and not the commit that the branch is at.
    if (rejected || /missing necessary objects|not appear to be a git repository/.test(error.message)) {
      throw new PlatformError(
        'GIT_UNUSABLE',
        `the cluster's repository, ${path}, is damaged`,
        `mv ${quote(path)} ${quote(`${path}.broken`)} && platform bootstrap ${environment}`,
        { cause: error },
      );
    }
    throw error;
  }
}
