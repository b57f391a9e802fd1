import type { Model } from '../observe/model.ts';
import { waitUntilReady, type WaitOptions } from '../observe/wait-until-ready.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { isBuiltOn } from '../publish/built-on.ts';
import { remoteOf } from '../publish/remote-of.ts';
import type { Environment } from '../values/environment.ts';
import type { KeptFiles } from './kept-files.ts';

interface Cluster {
  readonly environment: Environment;
  readonly kept: Pick<KeptFiles, 'repository'>;
  readonly kube: Kube;
}

/**
 * Waits until a cluster runs a commit, or one that somebody pushed on top of it meanwhile.
 *
 * @returns What was seen last.
 * @throws {PlatformError} As {@link waitUntilReady}.
 */
export async function waitForCommit(
  deps: Pick<Deps, 'root' | 'run' | 'clock' | 'interrupted'>,
  { environment, kept, kube }: Cluster,
  options: Pick<WaitOptions, 'timeoutMs' | 'say' | 'jobs'> & { readonly commit: string },
): Promise<Model> {
  const history = {
    repository: kept.repository,
    branch: environment.git.branch,
    address: remoteOf(environment),
  };
  return waitUntilReady(
    { kube, clock: deps.clock },
    {
      ...options,
      interrupted: deps.interrupted,
      environment: environment.name,
      isBuiltOn: async (newer, commit) => isBuiltOn(deps, history, newer, commit),
    },
  );
}
