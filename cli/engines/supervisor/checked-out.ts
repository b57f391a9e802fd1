import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { notApplied } from '../../reconcile/not-applied.ts';
import type { SupervisorPlan } from './plan.ts';

const lookMs = 5_000;
const submodule = '160000'; // Flux leaves them empty, and refuses to be told of a path that it does not make

/**
 * What Flux has to check out of a commit: the names at its top, without those that no cluster applies. Read from each
 * commit, so that a new folder is there with the commit that brings it.
 *
 * @param git The bare repository.
 * @returns null, which asks for everything, where git does not say.
 * @see {@link https://fluxcd.io/flux/components/source/gitrepositories/#sparse-checkout}
 */
export async function checkedOut(
  { repository, env }: Pick<SupervisorPlan['git'], 'repository' | 'env'>,
  commit: string,
): Promise<string[] | null> {
  const args = ['--git-dir', repository, 'ls-tree', '-z', commit];
  const looked = await promisify(execFile)('git', args, { env, timeout: lookMs }).catch(() => undefined);
  if (!looked) return null;
  return looked.stdout
    .split('\0')
    .filter((entry) => entry !== '' && !entry.startsWith(submodule))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1))
    .filter((name) => !notApplied.includes(name));
}
