import { ensureAgeKey } from '../lifecycle/age-key.ts';
import { keptFiles } from '../lifecycle/kept-files.ts';
import type { Deps } from '../ports/deps.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { writeSecretsValue } from './own-values.ts';

export interface SecretsInit {
  readonly environment: string;
  /** The public half of the key. */
  readonly recipient: string;
  /** Where the secret half lies: absolute. */
  readonly keyFile: string;
  readonly made: boolean;
  /** Changed, relative to the root. */
  readonly paths: readonly string[];
}

/**
 * Makes the environment's age key where there is none, and writes its public half into values and `.sops.yaml`.
 *
 * @throws {PlatformError} SECRET_KEY_MISSING where values or encrypted files name a key that is not here.
 */
export async function initSecrets(deps: Deps, name: string): Promise<SecretsInit> {
  const { client, values } = await loadEnvironment(deps, name);
  const { ageKey } = keptFiles(deps.locations, client, name);
  const { recipients } = values.secrets;
  const { recipient, made } = await ensureAgeKey(deps, name, ageKey, recipients);
  // Beside it, people may have added a key of theirs: a second recipient that opens the files without the cluster's key.
  const wanted = recipients.includes(recipient) ? recipients : [recipient];
  const paths = await writeSecretsValue(deps, name, 'recipients', wanted);
  return { environment: name, recipient, keyFile: ageKey, made, paths };
}
