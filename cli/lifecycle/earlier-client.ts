import { join } from 'node:path';
import { recordedEngine } from '../engines/choose-engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import type { Deps } from '../ports/deps.ts';
import { listNames } from '../ports/files.ts';
import { dnsLabel } from '../values/check-values.ts';
import { isMadeByThisClone } from './cluster-owner.ts';
import { keptFiles } from './kept-files.ts';

/** A cluster on this machine that this clone made while platform.yaml named another client. */
export interface EarlierCluster {
  readonly environment: string;
  readonly client: string;
}

type EarlierDeps = Pick<Deps, 'root' | 'run' | 'locations'>;

/**
 * The clusters that this clone made under other clients than platform.yaml names now: commands look for clusters under that
 * name, and see none of them. Other clones are left out: each may well be of a client of its own.
 *
 * @param client The one of platform.yaml.
 * @param environment Without one: of all environments, those that are no folder any more too.
 */
export async function earlierClusters(
  deps: EarlierDeps,
  client: string,
  environment?: string,
): Promise<EarlierCluster[]> {
  const { state } = deps.locations;
  const found: EarlierCluster[] = [];
  for (const other of await listNames(state, 'directory')) {
    if (other === client || !dnsLabel.test(other)) continue;
    const names =
      environment === undefined ? await listNames(join(state, other), 'directory') : [environment];
    for (const name of names.filter((each) => dnsLabel.test(each))) {
      if ((await recordedEngine(deps, { client: other, environment: name })) === undefined) continue;
      if (await isMadeByThisClone(deps, keptFiles(deps.locations, other, name)))
        found.push({ environment: name, client: other });
    }
  }
  return found;
}

/** As {@link earlierClusters}, one warning each. */
export async function earlierWarnings(
  deps: EarlierDeps,
  client: string,
  environment?: string,
): Promise<string[]> {
  return (await earlierClusters(deps, client, environment)).map(warningOf);
}

export function warningOf(cluster: EarlierCluster): string {
  return `${saying(cluster)}: ${mending(cluster)}`;
}

/** For who would make another cluster beside it. */
export function clientChanged(cluster: EarlierCluster): PlatformError {
  return new PlatformError('CLIENT_CHANGED', saying(cluster), mending(cluster));
}

function saying({ environment, client }: EarlierCluster): string {
  return `this clone has a cluster of ${environment} that it made while platform.yaml named the client ${client}`;
}

function mending({ environment, client }: EarlierCluster): string {
  return `platform delete ${environment} --client ${client}, or write client: ${client} into platform.yaml again to keep it`;
}
