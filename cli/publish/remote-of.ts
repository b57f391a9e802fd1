import { PlatformError } from '../errors/platform-error.ts';
import type { Environment } from '../values/environment.ts';
import { parseRemote, type RemoteAddress } from './remote-address.ts';

/**
 * The remote of platform.yaml; undefined where Flux follows the repository that bootstrap makes.
 *
 * @throws {PlatformError} VALUES_INVALID when it is no address.
 */
export function remoteOf({ git }: Pick<Environment, 'git'>): RemoteAddress | undefined {
  if (git.remote === undefined) return undefined;
  const address = parseRemote(git.remote);
  if (address) return address;
  throw new PlatformError(
    'VALUES_INVALID',
    `git.remote of platform.yaml is no address of a repository: ${git.remote}`,
    'Write https://host/path or ssh://git@host/path',
  );
}
