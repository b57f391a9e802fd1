import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn, isRejectedPush } from '../ports/git.ts';
import { quote } from '../ports/run.ts';
import { isSameRepository, parseRemote, type RemoteAddress } from './remote-address.ts';

type GitDeps = Pick<Deps, 'root' | 'run'>;

/**
 * The git remote of this clone that pushes to a repository; the one with the very address first.
 *
 * @returns Its name, or undefined where the clone has none.
 */
export async function findCloneRemote(
  { root, run }: GitDeps,
  address: RemoteAddress,
): Promise<string | undefined> {
  const { stdout } = await gitIn(run, root).run(['remote', '--verbose']); // rewritten as url.*.insteadOf says
  const found: { name: string; exact: boolean }[] = [];
  for (const line of stdout.split('\n')) {
    const [, name, url] = /^(\S+)\t(.*) \(push\)$/.exec(line) ?? [];
    const other = url === undefined ? undefined : parseRemote(url);
    if (name === undefined || other === undefined || !isSameRepository(address, other)) continue;
    found.push({ name, exact: other.protocol === address.protocol });
  }
  return (found.find(({ exact }) => exact) ?? found[0])?.name;
}

/**
 * As {@link findCloneRemote}, for who has to push.
 *
 * @throws {PlatformError} GIT_UNUSABLE when the clone has no such remote.
 */
export async function requireCloneRemote(deps: GitDeps, address: RemoteAddress): Promise<string> {
  const name = await findCloneRemote(deps, address);
  if (name !== undefined) return name;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `no git remote of this clone is ${address.url}, the repository that Flux follows`,
    await addRemoteCommand(deps, address),
  );
}

async function addRemoteCommand({ root, run }: GitDeps, { url }: RemoteAddress): Promise<string> {
  const { stdout } = await gitIn(run, root).run(['remote']);
  const name = stdout.split('\n').includes('origin') ? 'upstream' : 'origin';
  return `git remote add ${name} ${quote(url)}`;
}

/**
 * Refuses a commit that Flux would not apply, because the followed branch of the remote is elsewhere.
 *
 * @param tip What the branch is at; undefined where it does not exist.
 * @throws {PlatformError} COMMITS_NOT_PUSHED when this clone is ahead, GIT_PUSH_REJECTED when the remote is.
 */
export async function requireTip(deps: GitDeps, { address, branch, tip, commit }: RemoteTip): Promise<void> {
  if (tip === commit) return;
  const known = await findCloneRemote(deps, address);
  const remote = known ?? 'origin';
  const first = known === undefined ? `${await addRemoteCommand(deps, address)} && ` : '';
  const push = `${first}git push ${remote} HEAD:${branch}`;
  const short = commit.slice(0, 7);
  if (tip === undefined) {
    throw new PlatformError(
      'COMMITS_NOT_PUSHED',
      `${address.url} has no branch ${branch}, so Flux would find nothing there`,
      push,
    );
  }
  const distance = await gitIn(deps.run, deps.root).distance(tip, commit);
  if (distance?.behind === 0) {
    throw new PlatformError(
      'COMMITS_NOT_PUSHED',
      `HEAD (${short}) is ${count(distance.ahead)} ahead of ${branch} of ${address.url}, and Flux sees only what is there`,
      push,
    );
  }
  const pull = `${first}git pull --rebase --autostash ${remote} ${branch}`;
  throw new PlatformError(
    'GIT_PUSH_REJECTED',
    distance === undefined
      ? `${branch} of ${address.url} is at ${tip.slice(0, 7)}, a commit that this clone lacks, and Flux would apply that one`
      : `${branch} of ${address.url} (${tip.slice(0, 7)}) has ${count(distance.behind)} that HEAD (${short}) lacks, and Flux would apply those`,
    (distance?.ahead ?? 0) > 0 ? `${pull} && git push ${remote} HEAD:${branch}` : pull,
  );
}

export interface RemoteTip {
  readonly address: RemoteAddress;
  readonly branch: string;
  readonly tip: string | undefined;
  /** What is to be applied: HEAD. */
  readonly commit: string;
}

function count(commits: number): string {
  return `${commits} commit${commits === 1 ? '' : 's'}`;
}

/**
 * Refuses to rebuild from a commit that the followed branch of the remote has lost, as by a push with force.
 *
 * @throws {PlatformError} COMMITS_NOT_PUSHED when it has; GIT_PUSH_REJECTED when this clone does not know what the branch is
 *   at, and so cannot tell.
 */
export async function requireOnBranch(
  deps: GitDeps,
  { address, branch, tip, commit }: RemoteTip,
): Promise<void> {
  if (tip === commit) return;
  const remote = await findCloneRemote(deps, address);
  const place = `${branch} of ${address.url}`;
  const distance = tip === undefined ? undefined : await gitIn(deps.run, deps.root).distance(commit, tip);
  if (distance?.behind === 0) return;
  if (tip !== undefined && distance === undefined) {
    throw new PlatformError(
      'GIT_PUSH_REJECTED',
      `${place} is at ${tip.slice(0, 7)}, a commit that this clone lacks, so that nobody can say whether ${commit.slice(0, 7)} is still part of it`,
      `git fetch ${remote ?? quote(address.url)} ${branch}`,
    );
  }
  throw new PlatformError(
    'COMMITS_NOT_PUSHED',
    `${place} has no ${commit.slice(0, 7)} any more, from which all would be rebuilt`,
    `git push ${remote ?? quote(address.url)} ${commit}:refs/heads/${branch}  # or deploy what the branch has now, and rebuild then`,
  );
}

/** What ssh, git over HTTP and servers with rules for their branches say to somebody who may not push. */
const denied =
  /permission denied|authentication failed|access denied|could not read (username|password)|\b40[13]\b|\[remote rejected\]|host key verification failed/i;

/**
 * Pushes a commit to the branch that Flux follows, as the person who runs this: with their keys and helpers, not with
 * those of Flux, which may only read.
 *
 * @param remote Its name in this clone.
 * @returns `already` when the branch was at that commit.
 * @throws {PlatformError} GIT_PUSH_REJECTED when it has commits that this clone lacks; GIT_ACCESS_DENIED when the server
 *   does not let this person push.
 */
export async function pushToRemote(
  { root, run }: GitDeps,
  remote: string,
  branch: string,
  commit: string,
): Promise<'pushed' | 'already'> {
  try {
    const { stderr } = await gitIn(run, root).push(remote, `${commit}:refs/heads/${branch}`);
    return stderr.includes('Everything up-to-date') ? 'already' : 'pushed';
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'TOOL_FAILED') throw error;
    if (isRejectedPush(error)) {
      throw new PlatformError(
        'GIT_PUSH_REJECTED',
        `${branch} of ${remote} has commits that this clone lacks, so ${commit.slice(0, 7)} cannot be pushed over them`,
        `git pull --rebase --autostash ${remote} ${branch}`,
        { cause: error },
      );
    }
    if (!denied.test(error.message)) throw error;
    throw new PlatformError(
      'GIT_ACCESS_DENIED',
      `${commit.slice(0, 7)} is committed, and could not be pushed to ${remote}: ${error.message}`,
      `git push ${remote} HEAD:${branch}  # when that works, run the same command again`,
      { cause: error },
    );
  }
}
