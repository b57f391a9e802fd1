import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import { enabledComponents } from '../values/components.ts';
import type { Environment, EngineName } from '../values/environment.ts';
import type { Engine, EngineDeps } from './engine.ts';
import { stateDirectory, type ClusterName } from './state-directory.ts';

/** What a person may ask for; `auto` is resolved once, when the cluster is created. */
export const engineChoices = ['auto', 'kind', 'embedded', 'existing'] as const;
export type EngineChoice = (typeof engineChoices)[number];

/** The engines whose clusters this program makes, and records. */
type OwnEngineName = Exclude<EngineName, 'existing'>;

/**
 * The engine of an environment's cluster: the recorded one where the cluster exists, else the asked-for one, else that
 * of the values; `auto` is kind where a Docker daemon answers.
 *
 * @throws {PlatformError} ENGINE_UNSUPPORTED when the asked-for engine differs from the recorded one, or values and
 *   platform.yaml lack what it needs.
 */
export async function chooseEngine(
  deps: EngineDeps,
  environment: Environment,
  asked?: EngineChoice,
): Promise<Engine> {
  const recorded = await recordedEngine(deps, clusterOf(environment));
  if (recorded !== undefined && asked !== undefined && asked !== 'auto' && asked !== recorded) {
    throw new PlatformError(
      'ENGINE_UNSUPPORTED',
      `the cluster of ${environment.name} runs on the engine ${recorded}, and ${asked} was asked for`,
      `platform delete ${environment.name} && platform bootstrap ${environment.name} --engine ${asked}`,
    );
  }
  const name = recorded ?? asked ?? environment.values.engine;
  if (name === 'auto') {
    const { autoEngine } = await import('./kind/docker.ts');
    return engineOf(deps, environment, await autoEngine(deps.run));
  }
  if (name === 'existing') await requireExisting(environment);
  return engineOf(deps, environment, name);
}

/** @throws {PlatformError} ENGINE_UNSUPPORTED when values name no context, or platform.yaml no git remote. */
async function requireExisting(environment: Environment): Promise<void> {
  const rehearse = `Or rehearse it on this machine: platform bootstrap ${environment.name} --engine embedded`;
  if (environment.values.cluster.context === undefined) {
    throw new PlatformError(
      'ENGINE_UNSUPPORTED',
      `the engine existing needs the name of a kubeconfig context, and the values of ${environment.name} name none`,
      `Write engine: existing and cluster: { context: … } into clusters/${environment.name}/values.yaml. ${rehearse}`,
    );
  }
  const { requireRemote } = await import('./existing/existing-engine.ts');
  requireRemote(environment, rehearse);
}

/**
 * The engine of a cluster that exists or existed on this machine, whatever values say now; an existing cluster elsewhere is
 * recorded nowhere, so values name it. Where there is neither, one that says that there is no cluster.
 */
export async function engineOfCluster(deps: EngineDeps, environment: Environment): Promise<Engine> {
  const named = environment.values.engine === 'existing' ? 'existing' : 'embedded';
  return engineOf(deps, environment, (await recordedEngine(deps, clusterOf(environment))) ?? named);
}

/**
 * The engine of a cluster that was made on this machine, by its record alone: enough to look at its state, to stop and to
 * delete it. Where none is recorded, one that says that there is no cluster.
 */
export async function engineOfRecord(deps: EngineDeps, where: ClusterName): Promise<Engine> {
  return ownEngine(deps, where, (await recordedEngine(deps, where)) ?? 'embedded', []);
}

async function engineOf(deps: EngineDeps, environment: Environment, name: EngineName): Promise<Engine> {
  if (name !== 'existing')
    return ownEngine(deps, clusterOf(environment), name, enabledComponents(environment.values));
  const { existingEngine } = await import('./existing/existing-engine.ts');
  return existingEngine(deps, environment);
}

/** Loads the one engine that is used: each brings modules of its own, and `platform status` is a third of loading. */
async function ownEngine(
  deps: EngineDeps,
  where: ClusterName,
  name: OwnEngineName,
  enabled: readonly string[],
): Promise<Engine> {
  if (name === 'kind') {
    const { kindEngine } = await import('./kind/kind-engine.ts');
    return kindEngine(deps, where);
  }
  const { embeddedEngine } = await import('./embedded/embedded-engine.ts');
  return embeddedEngine(deps, where, undefined, enabled);
}

/** @returns undefined where no cluster was made on this machine, or its record does not say on which engine. */
export async function recordedEngine(
  { locations }: Pick<EngineDeps, 'locations'>,
  where: ClusterName,
): Promise<OwnEngineName | undefined> {
  const text = await readTextIfThere(stateDirectory(locations, where).record);
  if (text === undefined) return undefined;
  // A damaged record is told by the engine that reads all of it.
  return /"engine":\s*"(kind|embedded)"/.exec(text)?.[1] as OwnEngineName | undefined;
}

function clusterOf({ client, name }: Environment): ClusterName {
  return { client, environment: name };
}
