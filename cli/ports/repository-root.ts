import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';

/**
 * The nearest folder at or above `start` that has a platform.yaml.
 *
 * @throws {PlatformError} NOT_A_PLATFORM
 */
export function findRepositoryRoot(start: string): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'platform.yaml'))) return folder;
    if (folder === dirname(folder)) {
      throw new PlatformError(
        'NOT_A_PLATFORM',
        `there is no platform.yaml in ${resolve(start)} or any folder above it`,
        'Change into the platform repository, or name it: platform -C <folder> …',
      );
    }
  }
}
