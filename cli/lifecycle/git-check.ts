import type { Deps } from '../ports/deps.ts';
import { requireOnBranch, requireTip } from '../publish/clone-remote.ts';
import type { GitCredentials } from '../publish/git-credentials.ts';
import { readRemoteBranch } from '../publish/read-remote.ts';
import type { RemoteAddress } from '../publish/remote-address.ts';
import { remoteOf } from '../publish/remote-of.ts';
import type { Environment } from '../values/environment.ts';
import { ensureDeployKey } from './git-deploy-key.ts';
import { findHostKeys } from './git-host-keys.ts';
import { noToken, tokenCredentials } from './git-source.ts';
import { keepGitToken, readGitToken } from './git-token.ts';
import type { KeptFiles } from './kept-files.ts';
import type { Step } from './steps.ts';

/** What the check has to know of a plan. */
export interface CheckedPlan {
  readonly environment: Environment;
  readonly commit: string;
  readonly pin: boolean;
  /** Given with this command, for an `https://` remote; replaces the one that is kept. Secret. */
  readonly gitToken?: string | undefined;
}

type CheckDeps = Pick<Deps, 'root' | 'run' | 'locations'>;

/**
 * Before anything is created or destroyed: Flux will be able to read the remote, and finds there what it is to apply.
 *
 * @returns No step where platform.yaml names no remote.
 */
export function checkRemoteSteps(deps: CheckDeps, plan: CheckedPlan, kept: KeptFiles): Step[] {
  const address = remoteOf(plan.environment);
  if (!address) return [];
  const { environment } = plan;
  return [
    {
      title: 'check the git remote',
      run: async (say) => {
        const { credentials, made } =
          address.protocol === 'ssh'
            ? await sshCredentials(deps, environment, address, kept)
            : await httpsCredentials(deps, plan, address, kept);
        say(address.url);
        const { branch } = environment.git;
        const tip = await readRemoteBranch(deps, {
          address,
          credentials,
          branch,
          environment: environment.name,
        });
        // Only one that works replaces the one that is kept.
        if (made && credentials.kind === 'basic') await keepGitToken(kept.gitToken, credentials.password);
        const wanted = { address, branch, tip, commit: plan.commit };
        await (plan.pin ? requireOnBranch(deps, wanted) : requireTip(deps, wanted));
        return made ? 'done' : 'already';
      },
    },
  ];
}

interface Credentials {
  readonly credentials: GitCredentials;
  /** True where they were not there before. */
  readonly made: boolean;
}

async function sshCredentials(
  deps: CheckDeps,
  { client, name }: Environment,
  address: RemoteAddress,
  kept: KeptFiles,
): Promise<Credentials> {
  const knownHosts = await findHostKeys(deps, address);
  const { made, ...key } = await ensureDeployKey(deps, kept.deployKey, `flux@${client}-${name}`);
  return { credentials: { kind: 'ssh', ...key, knownHosts }, made };
}

async function httpsCredentials(
  deps: CheckDeps,
  { environment, gitToken }: CheckedPlan,
  address: RemoteAddress,
  kept: KeptFiles,
): Promise<Credentials> {
  const old = await readGitToken(kept.gitToken);
  const token = gitToken ?? old;
  if (token === undefined) throw noToken(environment.name, address);
  return { credentials: await tokenCredentials(deps, environment, token), made: token !== old };
}
