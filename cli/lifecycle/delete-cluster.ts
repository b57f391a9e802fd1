import { removeContext } from '../engines/kubeconfig.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, remove } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { isKeyNeeded } from './age-key.ts';
import { clearJournal } from './journal.ts';
import type { OpenCluster } from './open-cluster.ts';
import type { Step } from './steps.ts';

/** Removes a cluster; with `purge` also the repository it followed, and its age key unless files in this
 * clone are encrypted for it: nobody could open them any more. */
export function deleteSteps(
  deps: Deps,
  { environment, engine, kept, access }: OpenCluster,
  purge: boolean,
): Step[] {
  const steps: Step[] = [
    {
      title: 'take the context out of your kubeconfig',
      run: async () => (access && (await removeContext(deps, access))?.changed === true ? 'done' : 'already'),
    },
    {
      title: `delete the cluster (${engine.name})`,
      run: async (say) => {
        const { state } = await engine.status();
        await engine.delete(say);
        await clearJournal(kept.journal); // an unfinished rebuild of it must not be resumed on the next cluster
        return state === 'absent' ? 'already' : 'done';
      },
    },
  ];
  if (!purge) return steps;
  const git = gitIn(deps.run, deps.root);
  const check: Step = {
    title: 'check that no commit is lost',
    run: async () => {
      if (await exists(kept.repository)) await requireReachable(deps, kept.repository, environment.name);
      return 'done';
    },
  };
  const forget: Step = {
    title: 'remove its repository, and its age key where nothing is encrypted for it',
    run: async () => {
      await git.run(['remote', 'remove', environment.name], { okExitCodes: [0, 2] });
      await remove(kept.directory);
      if (!(await isKeyNeeded(deps, environment.name, kept.ageKey))) await remove(kept.ageKey);
      return 'done';
    },
  };
  return [check, ...steps, forget];
}

/**
 * @throws {PlatformError} COMMITS_NOT_PUSHED when the cluster's repository has commits that no branch or tag of this
 *   clone holds.
 */
async function requireReachable(
  deps: Pick<Deps, 'root' | 'run'>,
  repository: string,
  remote: string,
): Promise<void> {
  const bare = gitIn(deps.run, repository);
  const clone = gitIn(deps.run, deps.root);
  const { stdout } = await bare.run([
    'for-each-ref',
    '--format=%(objectname) %(refname:short)',
    'refs/heads',
    'refs/tags',
  ]);
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const [commit = '', name = ''] = line.split(' ');
    const known = await clone.run(
      ['for-each-ref', '--contains', commit, 'refs/heads', 'refs/tags', '--count=1'],
      {
        okExitCodes: [0, 128, 129],
      },
    );
    if (known.exitCode === 0 && known.stdout.trim() !== '') continue;
    throw new PlatformError(
      'COMMITS_NOT_PUSHED',
      `${name} of the cluster's repository is at ${commit.slice(0, 7)}, which no branch of this clone holds`,
      `git fetch ${remote} && git branch kept-${name} ${remote}/${name}`,
    );
  }
}

/** What a person should know before a cluster is deleted. */
export function describeDeletion({ environment, engine, kept }: OpenCluster, purge: boolean): string {
  const lines = [
    `This deletes the cluster of ${environment.name} (${engine.name}) with everything stored in it.`,
  ];
  lines.push(
    purge
      ? `It also removes its repository ${kept.repository}, and its age key ${kept.ageKey} unless files here are encrypted for it.`
      : `Its repository (${kept.repository}) and its age key stay.`,
  );
  return lines.join('\n');
}
