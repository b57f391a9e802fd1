import { removeContext } from '../engines/kubeconfig.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { exists, move, remove } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import { quote } from '../ports/run.ts';
import { asideOf } from './age-key.ts';
import { clearJournal } from './journal.ts';
import type { ClusterToEnd } from './cluster-to-end.ts';
import { removalSteps } from './remove-existing.ts';
import type { Step } from './steps.ts';

/**
 * Removes a cluster; with `purge` also the repository it followed, and puts its age key aside. The key is never deleted:
 * files on another branch or in another clone may need it.
 *
 * @param stays Receives what stays of an existing cluster's content, one sentence each.
 */
export function deleteSteps(
  deps: Deps,
  { environment, engine, kept, access }: ClusterToEnd,
  purge: boolean,
  stays: string[],
): Step[] {
  const forgetJournal: Step = {
    title: 'forget unfinished work',
    run: async () => {
      const unfinished = await exists(kept.journal);
      await clearJournal(kept.journal);
      return unfinished ? 'done' : 'already';
    },
  };
  const existing = [...removalSteps(deps, { environment, engine }, stays), forgetJournal];
  const own: Step[] = [
    {
      title: 'take the context out of your kubeconfig',
      run: async () => (access && (await removeContext(deps, access))?.changed === true ? 'done' : 'already'),
    },
    {
      title: `delete the cluster (${engine.name})`,
      run: async (say) => {
        const { state } = await engine.status();
        stays.push(...(await engine.delete(say)));
        await clearJournal(kept.journal); // an unfinished rebuild of it must not be resumed on the next cluster
        return state === 'absent' ? 'already' : 'done';
      },
    },
  ];
  const steps = engine.name === 'existing' ? existing : own;
  if (!purge) return steps;
  const git = gitIn(deps.run, deps.root);
  const check: Step = {
    title: 'check that no commit is lost',
    run: async () => {
      if (await exists(kept.repository)) await requireReachable(deps, kept.repository);
      return 'done';
    },
  };
  const forget: Step = {
    title:
      environment.git.remote === undefined
        ? 'remove its repository, and put its age key aside'
        : 'put its age key aside',
    run: async () => {
      const remote = await git.run(['remote', 'get-url', environment.name], { okExitCodes: [0, 2] });
      if (remote.stdout.trim() === kept.repository) await git.run(['remote', 'remove', environment.name]);
      await remove(kept.directory);
      if (await exists(kept.ageKey)) await move(kept.ageKey, asideOf(kept.ageKey, deps.clock.now()));
      return 'done';
    },
  };
  return [check, ...steps, forget];
}

/**
 * @throws {PlatformError} COMMITS_NOT_PUSHED when the cluster's repository has commits that no branch or tag of this
 *   clone holds.
 */
async function requireReachable(deps: Pick<Deps, 'root' | 'run'>, repository: string): Promise<void> {
  const bare = gitIn(deps.run, repository);
  const clone = gitIn(deps.run, deps.root);
  const { stdout } = await bare.run([
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads',
    'refs/tags',
  ]);
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const [commit = '', ref = ''] = line.split(' ');
    const name = ref.replace(/^refs\/(heads|tags)\//, '');
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
      `git fetch ${quote(repository)} ${ref}:refs/heads/kept-${name}`,
    );
  }
}

/** What a person should know before a cluster is deleted. */
export function describeDeletion(
  { environment, engine, engineStatus, kept }: ClusterToEnd,
  purge: boolean,
): string {
  const lines = [
    engine.name === 'existing'
      ? `This takes everything that Flux brought for ${environment.name}, with the data in it, out of the cluster of the context ${environment.values.cluster.context ?? ''} (${engineStatus.parts[0]?.name ?? ''}), and Flux where this program installed it. What is not of this repository stays.`
      : `This deletes the cluster of ${environment.name} (${engine.name}) with everything stored in it.`,
  ];
  const { remote } = environment.git;
  if (remote !== undefined) {
    lines.push(
      purge
        ? `It also puts its age key aside (${kept.ageKey}.purged-…). The repository ${remote} stays, and so does what opens it for Flux: where no cluster is to read it any more, remove the deploy key or token there, and ${kept.deployKey} or ${kept.gitToken} here.`
        : `The repository ${remote} stays, and so do its age key and what opens the repository for Flux.`,
    );
    return lines.join('\n');
  }
  lines.push(
    purge
      ? `It also removes its repository ${kept.repository}, and puts its age key aside (${kept.ageKey}.purged-…).`
      : `Its repository (${kept.repository}) and its age key stay.`,
  );
  return lines.join('\n');
}

/** What has happened, once it is done. */
export function describeDeleted(
  {
    environment: { name, values },
    engine,
    engineStatus,
  }: Pick<ClusterToEnd, 'environment' | 'engine' | 'engineStatus'>,
  changed: boolean,
): string {
  if (engine.name !== 'existing')
    return changed ? `The cluster of ${name} is gone.` : `There was no cluster of ${name}.`;
  const { context = '' } = values.cluster;
  return engineStatus.state === 'absent'
    ? `Nothing of ${name} was in the cluster of the context ${context}.`
    : `Nothing of ${name} is left in the cluster of the context ${context}.`;
}
