import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import { enabledComponents } from '../values/components.ts';
import type { Environment, EngineName } from '../values/environment.ts';
import type { Engine, EngineDeps } from './engine.ts';

/** What a person may ask for; `auto` is resolved once, when the cluster is created. */
export const engineChoices = ['auto', 'kind', 'embedded', 'existing'] as const;
export type EngineChoice = (typeof engineChoices)[number];

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
  const recorded = await recordedEngine(deps, environment);
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
  return engineOf(deps, environment, (await recordedEngine(deps, environment)) ?? named);
}

/** Loads the one engine that is used: each brings modules of its own, and `platform status` is a third of loading. */
async function engineOf(deps: EngineDeps, environment: Environment, name: EngineName): Promise<Engine> {
  const where = { client: environment.client, environment: environment.name };
  if (name === 'existing') {
    const { existingEngine } = await import('./existing/existing-engine.ts');
    return existingEngine(deps, environment);
  }
  if (name === 'kind') {
    const { kindEngine } = await import('./kind/kind-engine.ts');
    return kindEngine(deps, where);
  }
  const { embeddedEngine } = await import('./embedded/embedded-engine.ts');
  return embeddedEngine(deps, where, undefined, enabledComponents(environment.values));
}

async function recordedEngine(
  { locations }: EngineDeps,
  { client, name }: Environment,
): Promise<EngineName | undefined> {
  const text = await readTextIfThere(join(locations.state, client, name, 'cluster.json'));
  if (text === undefined) return undefined;
  // A damaged record is told by the engine that reads all of it.
  return /"engine":\s*"(kind|embedded|existing)"/.exec(text)?.[1] as EngineName | undefined;
}
