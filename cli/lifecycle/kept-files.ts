import { join } from 'node:path';
import type { Locations } from '../ports/locations.ts';

/** What outlives a cluster; `delete` and `nuke-and-rebuild` leave it, `delete --purge` takes it. Absolute paths. */
export interface KeptFiles {
  readonly directory: string;
  /** The bare repository that Flux follows and `git push <env>` pushes to. */
  readonly repository: string;
  readonly journal: string;
  /** The private age key of the environment, 0600. */
  readonly ageKey: string;
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
    lock: join(state, client, `${environment}.lock`),
  };
}
