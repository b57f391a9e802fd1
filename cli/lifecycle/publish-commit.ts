import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { addRemote, pushCommit } from '../publish/bare-repository.ts';
import { pushToRemote } from '../publish/clone-remote.ts';
import { requestFetch } from '../reconcile/request-fetch.ts';
import type { OpenCluster } from './open-cluster.ts';

/**
 * Pushes a commit to where Flux looks.
 *
 * @param remote The git remote of this clone that leads there.
 * @throws {PlatformError} GIT_PUSH_REJECTED, GIT_UNUSABLE.
 */
export async function publishCommit(
  deps: Deps,
  { environment, kept, kube }: Pick<OpenCluster, 'environment' | 'kept'> & { readonly kube: Kube },
  remote: string,
  commit: string,
): Promise<'already' | 'done'> {
  const { branch } = environment.git;
  if (environment.git.remote === undefined) {
    const bare = { path: kept.repository, branch, environment: environment.name };
    await addRemote(deps, bare); // another clone made the cluster
    return (await pushCommit(deps, bare, commit)) === 'already' ? 'already' : 'done';
  }
  const pushed = await pushToRemote(deps, remote, branch, commit);
  await requestFetch(kube, deps.clock); // nothing on this machine watches that repository
  return pushed === 'already' ? 'already' : 'done';
}
