import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import { findCloneRemote } from './clone-remote.ts';
import type { RemoteAddress } from './remote-address.ts';

/** Where both commits are, or can be fetched from. */
export interface History {
  /** The repository that Flux follows, where this machine serves it: absolute. */
  readonly repository: string;
  readonly branch: string;
  /** Where Flux follows another one instead. */
  readonly address: RemoteAddress | undefined;
}

/**
 * Whether a commit was made on top of another one: who waits for that one need not see it itself.
 *
 * Of a remote, commits that this clone lacks are fetched; no ref of the clone changes.
 *
 * @returns undefined where nobody can say: the remote does not answer, or does not have it any more.
 */
export async function isBuiltOn(
  deps: Pick<Deps, 'root' | 'run'>,
  { repository, branch, address }: History,
  newer: string,
  older: string,
): Promise<boolean | undefined> {
  const git = gitIn(deps.run, address ? deps.root : repository);
  const knows = async (): Promise<boolean> => (await git.revParse(newer)) !== undefined;
  if (address && !(await knows())) {
    const remote = (await findCloneRemote(deps, address)) ?? address.url;
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--refmap=', remote, branch];
    try {
      await git.run(args);
    } catch (error) {
      if (error instanceof PlatformError) return undefined;
      throw error;
    }
  }
  return (await knows()) ? git.isAncestor(older, newer) : undefined;
}
