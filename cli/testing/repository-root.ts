import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of this repository: the nearest folder above this code that has a package.json, bundled or not. */
export const repositoryRoot = above(import.meta.dirname);

function above(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : above(dirname(folder));
}
