import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';

/**
 * The nearest folder at or above `start` that has a platform.yaml.
 *
 * @throws {PlatformError} NOT_A_PLATFORM
 */
export function findRepositoryRoot(start: string): string {
  if (!statSync(resolve(start), { throwIfNoEntry: false })?.isDirectory()) {
    throw new PlatformError(
      'NOT_A_PLATFORM',
      `${resolve(start)} is no folder`,
      'Name the folder of the platform repository: platform -C <folder> …',
    );
  }
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
