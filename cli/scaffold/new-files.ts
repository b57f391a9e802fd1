import { dirname, join } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { exists, remove } from '../ports/files.ts';
import { writeFilesTogether } from '../ports/write-together.ts';

/** One file that a scaffold makes, or changes by a few lines. */
export interface NewFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly content: string;
  readonly change: 'create' | 'update';
}

/**
 * Holds a scaffold to its promise never to overwrite what is there.
 *
 * @throws {PlatformError} NAME_INVALID, with every file that is in the way.
 */
export async function assertNothingInTheWay(
  root: string,
  name: string,
  files: readonly NewFile[],
): Promise<void> {
  const created = files.filter(({ change }) => change === 'create').map(({ path }) => path);
  const found = await Promise.all(created.map(async (path) => exists(join(root, path))));
  const taken = created.filter((_, index) => found[index]);
  const [first] = taken;
  if (first === undefined) return;
  const others = taken.length > 1 ? ` (and ${taken.length - 1} more)` : '';
  throw new PlatformError(
    'NAME_INVALID',
    `${name} cannot be made: ${first}${others} is there already, and nothing is ever overwritten`,
    'Choose another name, or move those files away',
    { details: taken.map((file) => ({ place: { file }, message: 'is there already' })) },
  );
}

/**
 * Writes the files of a plan, all or none: after a failure what was created is gone again, and nothing else.
 *
 * @throws {PlatformError} DISK_FULL.
 */
export async function applyNewFiles(
  { root }: { readonly root: string },
  files: readonly NewFile[],
): Promise<void> {
  const created = files.filter(({ change }) => change === 'create');
  const updated = files.filter(({ change }) => change === 'update');
  const undo = await Promise.all(created.map(async ({ path }) => firstAbsent(root, path)));
  try {
    // Those that were there before come last: when one of them was renamed into place, nothing can fail any more.
    await writeFilesTogether(
      [...created, ...updated].map(({ path, content }) => ({ path: join(root, path), content })),
    );
  } catch (error) {
    for (const path of new Set(undo)) await remove(path);
    throw error;
  }
}

/** The outermost folder on the way to a file that is not there yet, or else the file. */
async function firstAbsent(root: string, path: string): Promise<string> {
  let absent = join(root, path);
  for (let folder = dirname(absent); folder !== root && !(await exists(folder)); folder = dirname(folder))
    absent = folder;
  return absent;
}
