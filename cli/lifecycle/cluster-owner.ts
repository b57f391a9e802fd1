import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { quote } from '../ports/run.ts';
import type { KeptFiles } from './kept-files.ts';

/**
 * Which repository a cluster and its age key belong to. Two repositories can name the same client; all clones of one
 * repository share its cluster.
 */
interface Owner {
  readonly formatVersion: 1;
  /** Where the clone lay that made the cluster. A clone may move, and all clones of a repository share its cluster. */
  readonly root: string;
  /** The commits without a parent that HEAD descends from. Empty where they are not known: in a shallow clone. */
  readonly rootCommits: readonly string[];
}

type OwnerDeps = Pick<Deps, 'root' | 'run'>;

/**
 * Refuses to work on the cluster of another repository.
 *
 * @throws {PlatformError} CLUSTER_FOREIGN; STATE_UNREADABLE when the record is damaged.
 */
export async function requireOwnCluster(
  deps: OwnerDeps,
  environment: string,
  kept: KeptFiles,
): Promise<void> {
  const owner = await readOwner(kept);
  if (!owner || owner.rootCommits.length === 0) return;
  if (mayBeSame(owner.rootCommits, await rootCommits(deps))) return;
  throw new PlatformError(
    'CLUSTER_FOREIGN',
    `the cluster of ${environment} and its keys belong to another repository, ${owner.root}, whose platform.yaml names the same client`,
    `Name another client in platform.yaml. If this is that repository with a rewritten history: rm ${quote(ownerFile(kept))}`,
  );
}

/** Whether it was this very clone that made the cluster: another clone of the repository may be of another client. */
export async function isMadeByThisClone(deps: OwnerDeps, kept: KeptFiles): Promise<boolean> {
  const owner = await readOwner(kept).catch(() => undefined); // told by whoever works on that cluster
  return owner?.root === deps.root && mayBeSame(owner.rootCommits, await rootCommits(deps));
}

/** False where two repositories, by their root commits, are certainly not the same. */
function mayBeSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === 0 || other.length === 0 || one.some((commit) => other.includes(commit));
}

/** Notes this repository as the owner; one that is known stays. */
export async function recordOwner(deps: OwnerDeps, kept: KeptFiles): Promise<void> {
  const before = await readOwner(kept);
  if (before && before.rootCommits.length > 0) return;
  const owner: Owner = { formatVersion: 1, root: deps.root, rootCommits: await rootCommits(deps) };
  await writeFileAtomically(ownerFile(kept), `${JSON.stringify(owner, null, 2)}\n`, 0o600);
}

function ownerFile({ directory }: KeptFiles): string {
  return join(directory, 'owner.json');
}

async function readOwner(kept: KeptFiles): Promise<Owner | undefined> {
  const path = ownerFile(kept);
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    if (owner.formatVersion === 1 && Array.isArray(owner.rootCommits)) return owner as Owner;
  } catch {
    // told below
  }
  throw new PlatformError(
    'STATE_UNREADABLE',
    `the record of who owns the cluster, ${path}, is damaged or was written by a newer version of this program`,
    `If the cluster is this repository's: rm ${quote(path)}`,
  );
}

async function rootCommits({ root, run }: OwnerDeps): Promise<string[]> {
  const git = gitIn(run, root);
  const okExitCodes = [0, 128]; // no commit yet, or no repository: told by whoever needs one
  const shallow = await git.run(['rev-parse', '--is-shallow-repository'], { okExitCodes });
  if (shallow.stdout.trim() !== 'false') return [];
  const { stdout } = await git.run(['rev-list', '--max-parents=0', 'HEAD'], { okExitCodes });
  return stdout.split('\n').filter((line) => line !== '');
}
