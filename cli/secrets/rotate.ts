import { PlatformError } from '../errors/platform-error.ts';
import { keysOf, newAgeKey, writeAgeKey, type AgeKey } from '../lifecycle/age-key.ts';
import { applyAgeKey } from '../lifecycle/cluster-secrets.ts';
import { notRunning, openCluster, type OpenCluster } from '../lifecycle/open-cluster.ts';
import { publishCommit } from '../lifecycle/publish-commit.ts';
import type { Step } from '../lifecycle/steps.ts';
import { waitForCommit } from '../lifecycle/wait-for-commit.ts';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere, writeFileAtomically } from '../ports/files.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import { quote } from '../ports/run.ts';
import { requireCloneRemote } from '../publish/clone-remote.ts';
import { commitPaths } from '../publish/commit.ts';
import { requireCommittable } from '../publish/committable.ts';
import { remoteOf } from '../publish/remote-of.ts';
import { sopsConfigFile } from '../render/sops-config.ts';
import { readSecretFiles, secretsFolder } from '../validate/secret-files.ts';
import { valuesFile } from '../values/load-environment.ts';
import { writeSecretsValue } from './own-values.ts';
import { requireAgeKey } from './require-age-key.ts';
import { decrypt, reencrypt } from './sops.ts';

/** Everything that a rotation needs to know before it changes anything. */
export interface RotationPlan {
  readonly cluster: OpenCluster & { readonly running: Kube | undefined };
  /** Where the commit is pushed; undefined without a cluster. */
  readonly remote: string | undefined;
  readonly key: AgeKey;
  /** True where an earlier rotation was stopped: it is finished, and no other one begun. */
  readonly unfinished: boolean;
  /** Encrypted files, relative to the root. */
  readonly files: readonly string[];
}

export interface RotationResult {
  recipient?: string;
  commit?: string;
}

/**
 * Checks that a rotation can be done to its end; changes nothing.
 *
 * @throws {PlatformError} SECRET_KEY_MISSING when the key does not open every file; CLUSTER_STOPPED; CLUSTER_MISSING where there
 *   may be a cluster that this machine does not see; GIT_UNUSABLE when files are edited; COMMITS_NOT_PUSHED when the commit of the
 *   new key would take others along.
 */
export async function planRotation(deps: Deps, name: string): Promise<RotationPlan> {
  const opened = await openCluster(deps, name);
  const { environment, engine, kept, git, kube, engineStatus } = opened;
  if (!kube && engineStatus.state !== 'absent') throw notRunning(opened);
  const key = await requireAgeKey(name, kept.ageKey);
  if (!kube && engine.name === 'existing') throw outOfSight(opened);
  const unfinished = keysOf(key).length > 1;
  await requireCommittable(deps, git);
  if (!unfinished) await requireCommitted(deps, name);
  if (kube && git.published !== git.head) await requireOnlyOurs(deps, opened, unfinished);
  const address = remoteOf(environment);
  const files = (await readSecretFiles(deps.root, name)).filter(({ recipients }) => recipients.length > 0);
  for (const { path } of files) await decrypt(deps, path, kept.ageKey);
  return {
    cluster: { ...opened, running: kube },
    remote: kube && (address ? await requireCloneRemote(deps, address) : name),
    key,
    unfinished,
    files: files.map(({ path }) => path),
  };
}

/**
 * Takes a new key into use. The old one stays, on this machine and in the cluster, until Flux has applied what is encrypted for
 * the new one, so that every commit that Flux may look at opens at every moment. Stopped anywhere, the next run goes on.
 */
export function rotationSteps(
  deps: Deps,
  plan: RotationPlan,
  timeoutMs: number,
  result: RotationResult,
): Step[] {
  const { cluster, unfinished, remote } = plan;
  const { environment, kept, running: kube } = cluster;
  const { name } = environment;
  let key = plan.key;
  const paths = [...plan.files, valuesFile(name), sopsConfigFile];
  const inCluster = (step: (kube: Kube) => Step): Step[] => (kube ? [step(kube)] : []);
  return [
    {
      title: 'make the new key',
      run: async () => {
        if (!unfinished) {
          key = { ...(await newAgeKey()), older: [plan.key] };
          await writeAgeKey(kept.ageKey, key);
        }
        result.recipient = key.recipient;
        return unfinished ? 'already' : 'done';
      },
    },
    ...inCluster((running) => ({
      title: 'give the cluster both keys',
      run: async () => ((await applyAgeKey(running, key, 'keep')) === 0 ? 'already' : 'done'),
    })),
    {
      title: 'encrypt the files for the new key',
      run: async (say) => {
        const files = await readSecretFiles(deps.root, name);
        const old = files.filter(
          ({ recipients }) => recipients.length > 0 && recipients.join() !== key.recipient,
        );
        for (const [index, { path, recipients }] of old.entries()) {
          say(`${index + 1} of ${old.length}: ${path}`);
          await reencrypt(deps, path, { from: recipients, to: key.recipient }, kept.ageKey);
        }
        const written = await writeSecretsValue(deps, name, 'recipients', [key.recipient]);
        return old.length + written.length === 0 ? 'already' : 'done';
      },
    },
    {
      title: 'commit',
      run: async () => {
        const commit = await commitPaths(deps, paths, `${name}: encrypt the secrets for a new key`);
        result.commit = commit ?? cluster.git.head;
        return commit === undefined ? 'already' : 'done';
      },
    },
    ...inCluster((running) => ({
      title: `push to ${remote ?? name}`,
      run: async () =>
        publishCommit(deps, { ...cluster, kube: running }, remote ?? name, result.commit ?? cluster.git.head),
    })),
    ...inCluster((running) => ({
      title: 'wait until Flux has applied it',
      run: async (say) => {
        const commit = result.commit ?? cluster.git.head;
        await waitForCommit(deps, { ...cluster, kube: running }, { timeoutMs, commit, say, jobs: 'started' });
        return 'done';
      },
    })),
    {
      title: 'put the old key aside',
      run: async () => {
        const { older = [], ...alone } = key;
        if (kube) await applyAgeKey(kube, alone, 'drop');
        await retire(kept.ageKey, older);
        await writeAgeKey(kept.ageKey, alone);
        return 'done';
      },
    },
  ];
}

/** Old commits open with old keys only: they are kept in a file beside the key's, which nothing here reads. */
export function retiredFile(keyFile: string): string {
  return `${keyFile}.retired`;
}

async function retire(keyFile: string, keys: readonly AgeKey[]): Promise<void> {
  const path = retiredFile(keyFile);
  const before = (await readTextIfThere(path)) ?? '';
  const more = keys.filter(({ identity }) => !before.includes(identity));
  if (more.length === 0) return;
  const text = more.map(({ recipient, identity }) => `# public key: ${recipient}\n${identity}\n`).join('');
  await writeFileAtomically(path, before + text, 0o600);
}

/** A cluster that another machine reaches would be left with a key that opens nothing any more. */
function outOfSight({ environment: { name } }: OpenCluster): PlatformError {
  return new PlatformError(
    'CLUSTER_MISSING',
    `the cluster of ${name} is not to be seen from this machine, and it must have the new key before git has what is encrypted for it`,
    `Rotate where its context is at hand; without a cluster yet: platform bootstrap ${name}, then platform secrets rotate ${name}`,
  );
}

/**
 * The commit is to hold the new encryption alone.
 *
 * @throws {PlatformError} GIT_UNUSABLE with the files that are not committed.
 */
export async function requireCommitted(deps: Pick<Deps, 'root' | 'run'>, name: string): Promise<void> {
  const ours = [secretsFolder(name), valuesFile(name), sopsConfigFile];
  const edited = await gitIn(deps.run, deps.root).changedPaths(ours);
  const [first] = edited;
  if (first === undefined) return;
  throw new PlatformError(
    'GIT_UNUSABLE',
    `${first} is not committed, and the commit of the new key is to hold nothing else`,
    `git add ${edited.map(quote).join(' ')} && git commit, or: git stash --include-untracked`,
  );
}

/** A push takes every commit below it along; of those, only one of our own may be unpublished. */
async function requireOnlyOurs(
  { root, run }: Pick<Deps, 'root' | 'run'>,
  { environment: { name }, git: { head, published } }: OpenCluster,
  unfinished: boolean,
): Promise<void> {
  const ours = [secretsFolder(name), valuesFile(name), sopsConfigFile].map((path) => `:(exclude)${path}`);
  const git = gitIn(run, root);
  if (unfinished && published !== undefined && (await git.revParse(published)) !== undefined) {
    const { stdout } = await git.run(['diff', '--name-only', published, head, '--', '.', ...ours]);
    if (stdout.trim() === '' && (await git.isAncestor(published, head))) return;
  }
  throw new PlatformError(
    'COMMITS_NOT_PUSHED',
    `${name} does not follow this commit yet: pushing the new key would change more than the key`,
    `platform deploy ${name}`,
  );
}
