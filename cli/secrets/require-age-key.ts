import { PlatformError } from '../errors/platform-error.ts';
import { readAgeKey, type AgeKey } from '../lifecycle/age-key.ts';

/**
 * The key of an environment, which must be on this machine.
 *
 * @param path Of its key file: absolute.
 * @throws {PlatformError} SECRET_KEY_MISSING; STATE_UNREADABLE when the file holds none.
 */
export async function requireAgeKey(environment: string, path: string): Promise<AgeKey> {
  const key = await readAgeKey(path);
  if (key) return key;
  throw new PlatformError(
    'SECRET_KEY_MISSING',
    `the age key of ${environment} is not at ${path}`,
    `Get it from whoever keeps it, and save it with mode 0600 as ${path}; where there never was one: platform secrets init ${environment}`,
  );
}
