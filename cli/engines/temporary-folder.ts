import { isOwnDirectory, linkTo, linkTarget, makePrivateDirectory, remove } from '../ports/files.ts';
import { makeMemoryFolder } from '../ports/memory-folder.ts';

/** A checkout of this repository is 10 MB; Flux makes one per push, and one per Kustomization. */
const leastFreeBytes = 1024 ** 3;

/**
 * Makes the folder for temporary files anew, empty: a link to one in memory where there is enough of that, since Flux writes
 * every file of the repository there for each push, which took longer than all else it does.
 *
 * @param temporary Of the state directory, whose folder is there.
 */
export async function renewTemporary(temporary: string, make = makeMemoryFolder): Promise<void> {
  await removeTemporary(temporary);
  const inMemory = await make(leastFreeBytes);
  if (inMemory === undefined) await makePrivateDirectory(temporary);
  else await linkTo(inMemory, temporary);
}

/** Removes the folder, and what it is a link to. */
export async function removeTemporary(temporary: string): Promise<void> {
  const target = await linkTarget(temporary);
  if (target !== undefined && (await isOwnDirectory(target))) await remove(target);
  await remove(temporary);
}

/** Makes it anew where it is gone: systemd empties shared memory of users who have logged out, and their clusters go on. */
export async function keepTemporary(temporary: string): Promise<void> {
  if (!(await isOwnDirectory(temporary))) await renewTemporary(temporary);
}
