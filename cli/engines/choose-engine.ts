import { join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';
import type { Environment, EngineName } from '../values/environment.ts';
import { embeddedEngine } from './embedded/embedded-engine.ts';
import type { Engine, EngineDeps } from './engine.ts';
import { dockerAnswers } from './kind/docker.ts';
import { kindEngine } from './kind/kind-engine.ts';

/** What a person may ask for; `auto` is resolved once, when the cluster is created. */
export const engineChoices = ['auto', 'kind', 'embedded', 'existing'] as const;
export type EngineChoice = (typeof engineChoices)[number];

/**
 * The engine of an environment's cluster: the recorded one where the cluster exists, else the asked-for one, else that
 * of the values; `auto` is kind where a Docker daemon answers.
 *
 * @throws {PlatformError} ENGINE_UNSUPPORTED when the asked-for engine differs from the recorded one, or is not in this
 *   version.
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
  if (name === 'auto')
    return engineOf(deps, environment, (await dockerAnswers(deps.run)) ? 'kind' : 'embedded');
  if (name !== 'existing') return engineOf(deps, environment, name);
  throw new PlatformError(
    'ENGINE_UNSUPPORTED',
    `the engine ${name} is not in this version of platform`,
    `platform bootstrap ${environment.name} --engine embedded`,
  );
}

/**
 * The engine of a cluster that exists or existed, whatever values say now. Where none is recorded, one that says that there
 * is no cluster.
 */
export async function engineOfCluster(deps: EngineDeps, environment: Environment): Promise<Engine> {
  return engineOf(deps, environment, (await recordedEngine(deps, environment)) ?? 'embedded');
}

function engineOf(deps: EngineDeps, environment: Environment, name: EngineName): Engine {
  const where = { client: environment.client, environment: environment.name };
  return name === 'kind' ? kindEngine(deps, where) : embeddedEngine(deps, where);
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
