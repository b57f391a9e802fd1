import { engineOfCluster, engineOfRecord, recordedEngine } from '../engines/choose-engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { dnsLabel } from '../values/check-values.ts';
import type { Environment, EnvironmentValues } from '../values/environment.ts';
import { loadEnvironment, valuesFile } from '../values/load-environment.ts';
import { readPlatform } from '../values/load-platform.ts';
import { readYamlMap } from '../values/read-yaml.ts';
import { entryAt } from '../values/tree.ts';
import { keptFiles } from './kept-files.ts';
import type { OpenCluster } from './open-cluster.ts';

/** What stopping or deleting a cluster takes of its environment. */
export interface EnvironmentToEnd extends Pick<Environment, 'name' | 'client' | 'git'> {
  readonly values: {
    /** undefined where it cannot be told. */
    readonly protected: boolean | undefined;
    readonly cluster: Pick<EnvironmentValues['cluster'], 'context'>;
  };
  /** Why its values cannot be used, where they cannot. */
  readonly trouble?: PlatformError;
}

export type ClusterToEnd = Pick<OpenCluster, 'engine' | 'engineStatus' | 'kept' | 'access'> & {
  readonly environment: EnvironmentToEnd;
};

type ReadDeps = Pick<Deps, 'root' | 'home' | 'locations'>;

/**
 * The environment of a cluster that is to be stopped or deleted. Values may be wrong, or gone: a cluster that was made on this
 * machine is known by its record.
 *
 * @param client Where it is not the one that platform.yaml names now.
 * @throws {PlatformError} CLUSTER_MISSING where none is recorded for that client; what is wrong with platform.yaml; and with
 *   values, where no cluster is recorded.
 */
export async function environmentToEnd(
  deps: ReadDeps,
  name: string,
  client?: string,
): Promise<Environment | EnvironmentToEnd> {
  const environment = await loadOrReduce(deps, name, client);
  if (client === undefined || client === environment.client) return environment;
  if (!(await isRecorded(deps, client, name))) {
    throw new PlatformError(
      'CLUSTER_MISSING',
      `there is no cluster of ${name} on this machine that was made for the client ${JSON.stringify(client)}`,
      'platform doctor',
    );
  }
  const { git, values, trouble } = { trouble: undefined, ...environment };
  return { name, client, git, values, ...(trouble && { trouble }) };
}

async function loadOrReduce(
  deps: ReadDeps,
  name: string,
  client: string | undefined,
): Promise<Environment | EnvironmentToEnd> {
  try {
    return await loadEnvironment(deps, name);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === 'NOT_A_PLATFORM') throw error;
    const { platform, problems } = await readPlatform(deps.root);
    if (problems.length > 0) throw error; // it says whose cluster it is
    if (!(await isRecorded(deps, client ?? platform.client, name))) throw error;
    const values = { protected: await writtenProtection(deps, name), cluster: {} };
    return { name, client: platform.client, git: platform.git, values, trouble: error };
  }
}

async function isRecorded(deps: ReadDeps, client: string, environment: string): Promise<boolean> {
  if (!dnsLabel.test(client) || !dnsLabel.test(environment)) return false;
  return (await recordedEngine(deps, { client, environment })) !== undefined;
}

/**
 * The cluster that is to be stopped or deleted. Neither git nor the API server is asked: both may be broken.
 *
 * @param asked The client, where it is not the one that platform.yaml names now.
 * @throws {PlatformError} as {@link environmentToEnd}.
 */
export async function openClusterToEnd(deps: Deps, name: string, asked?: string): Promise<ClusterToEnd> {
  const environment = await environmentToEnd(deps, name, asked);
  const { client } = environment;
  const engine =
    'placeOf' in environment
      ? await engineOfCluster(deps, environment)
      : await engineOfRecord(deps, { client, environment: name });
  const [engineStatus, access] = await Promise.all([engine.status(), engine.access()]);
  return { environment, engine, kept: keptFiles(deps.locations, client, name), engineStatus, access };
}

/** What values.yaml says of `protected` itself. A default is not taken: a misspelt key would look like it. */
async function writtenProtection({ root }: ReadDeps, name: string): Promise<boolean | undefined> {
  try {
    const tree = entryAt(await readYamlMap(root, valuesFile(name)), ['protected'])?.value;
    return tree?.kind === 'scalar' && typeof tree.value === 'boolean' ? tree.value : undefined;
  } catch {
    return undefined; // it is not there, or no YAML: `trouble` tells
  }
}
