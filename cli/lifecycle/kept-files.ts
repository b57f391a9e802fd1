import { join } from 'node:path';
import type { Locations } from '../ports/locations.ts';

/** What outlives a cluster: `delete` and `nuke-and-rebuild` leave it. Absolute paths. */
export interface KeptFiles {
  readonly directory: string;
  /** The bare repository that Flux follows and `git push <env>` pushes to. */
  readonly repository: string;
  readonly journal: string;
  /** The private age key of the environment, 0600. */
  readonly ageKey: string;
  /** The private half of the key that reads an `ssh://` remote, 0600. */
  readonly deployKey: string;
  /** The token that reads an `https://` remote, 0600. */
  readonly gitToken: string;
  /** Held while a command changes this cluster. */
  readonly lock: string;
}

export function keptFiles({ state, config }: Locations, client: string, environment: string): KeptFiles {
  const directory = join(state, client, `${environment}.keep`);
  return {
    directory,
    repository: join(directory, 'repository.git'),
    journal: join(directory, 'journal.json'),
    ageKey: join(config, client, `${environment}.agekey`),
    deployKey: join(config, client, `${environment}.deploykey`),
    gitToken: join(config, client, `${environment}.gittoken`),
    lock: join(state, client, `${environment}.lock`),
  };
}
