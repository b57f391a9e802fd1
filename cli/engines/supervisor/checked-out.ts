import { readTop } from '../../ports/git-tree.ts';
import { notApplied } from '../../reconcile/not-applied.ts';
import type { SupervisorPlan } from './plan.ts';

/**
 * What Flux has to check out of a commit: the names at its top, without those that no cluster applies. Read from each
 * commit, so that a new folder is there with the commit that brings it.
 *
 * @param git The bare repository.
 * @returns null, which asks for everything, where git does not say.
 * @see {@link https://fluxcd.io/flux/components/source/gitrepositories/#sparse-checkout}
 */
export async function checkedOut(
  git: Pick<SupervisorPlan['git'], 'repository' | 'env'>,
  commit: string,
): Promise<string[] | null> {
  const top = await readTop(git, commit);
  if (!top) return null;
  return top
    .filter(({ type }) => type !== 'commit') // Flux does not make a submodule's folder, and refuses what is not there
    .map(({ name }) => name)
    .filter((name) => !notApplied.includes(name));
}
