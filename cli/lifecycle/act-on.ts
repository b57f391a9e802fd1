import { PlatformError } from '../errors/platform-error.ts';
import { findObject } from '../observe/find-object.ts';
import type { Item, Model } from '../observe/model.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube } from '../ports/kube.ts';
import { lookAtRunning, wordsFrom } from './look-at.ts';

/** A Flux object that somebody wants to do something with. */
export interface Target {
  readonly environment: string;
  readonly kube: Kube;
  readonly model: Model;
  readonly item: Item;
  /** Who does it; see {@link whoIs}. */
  readonly by: string;
}

/**
 * Finds the Flux object of `[environment] <object>`.
 *
 * @throws {PlatformError} USAGE, also for what is no Flux object; OBJECT_UNKNOWN, OBJECT_AMBIGUOUS; CLUSTER_MISSING,
 *   CLUSTER_STOPPED, CLUSTER_UNREACHABLE.
 */
export async function targetOf(
  deps: Deps,
  verb: string,
  first: string | undefined,
  second: string | undefined,
): Promise<Target> {
  const words = await wordsFrom(deps, first, second);
  if (words.object === undefined) {
    throw new PlatformError('USAGE', 'an object is needed', `platform ${verb} ${first ?? 'dev'} trades`);
  }
  const { kube, report, model } = await lookAtRunning(deps, words.environment);
  const { environment } = report;
  const item = findObject(model, words.object);
  if (!('role' in item) || item.role === 'workload') {
    const owner = 'role' in item ? item.owner : item.parent;
    throw new PlatformError(
      'USAGE',
      `${item.id} is no object of Flux: there is nothing to ${verb}`,
      owner === undefined ? `platform tree ${environment}` : `platform ${verb} ${environment} ${owner}`,
    );
  }
  return { environment, kube, model, item, by: await whoIs(deps) };
}

/** The person at this machine, as git knows them: a name, or an e-mail address. */
export async function whoIs({ run, root }: Pick<Deps, 'run' | 'root'>): Promise<string> {
  const { stdout } = await gitIn(run, root).run(['config', '--get-regexp', '^user\\.(name|email)$'], {
    okExitCodes: [0, 1],
  });
  const settings = new Map(stdout.split('\n').map((line) => [line.split(' ')[0], line.replace(/^\S+ /, '')]));
  return settings.get('user.name') ?? settings.get('user.email') ?? 'somebody without a name in git';
}
