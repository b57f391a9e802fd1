import { PlatformError } from '../errors/platform-error.ts';
import { findOddities, type Oddity } from '../ports/find-oddities.ts';
import { quote } from '../ports/run.ts';
import { platformFile } from './load-platform.ts';

/** What rendering reads and writes, and what Flux applies. */
const places = [platformFile, 'apps', 'clusters', 'infrastructure', 'templates'];

/**
 * Holds the folders that rendering and Flux use to real files. Flux leaves symbolic links out of what it applies, and through
 * one that leads out of the repository, rendering would write and delete where nobody expects it; reading a pipe never ends.
 *
 * @throws {PlatformError} FILE_UNUSABLE, with all of them.
 */
export function assertRealFiles(root: string): void {
  const found = findOddities(root, places);
  const [first] = found;
  if (first === undefined) return;
  const others = found.length > 1 ? ` (and ${String(found.length - 1)} more)` : '';
  throw new PlatformError('FILE_UNUSABLE', `${first.path} is ${whatIs(first)}${others}`, hintFor(first), {
    details: found.map((one) => ({ place: { file: one.path }, message: whatIs(one) })),
  });
}

function whatIs({ leadsTo }: Oddity): string {
  return leadsTo === undefined
    ? 'neither a file nor a folder'
    : `a symbolic link to ${leadsTo}: Flux leaves links out, so the files themselves have to be there`;
}

function hintFor({ path, leadsTo }: Oddity): string {
  const [link, copy] = [quote(path), quote(`${path}.copy`)];
  return leadsTo === undefined ? `rm ${link}` : `cp -RL ${link} ${copy} && rm ${link} && mv ${copy} ${link}`;
}
