import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { makeFolders } from './make-folders.ts';

it('makes a folder that others make and remove at the same time', async () => {
  const folder = join(await temporaryTree({}), 'lock');
  const makeAndRemove = async (): Promise<void> => {
    for (let turn = 0; turn < 1_000; turn += 1) {
      await makeFolders(folder);
      await rmdir(folder).catch(() => undefined); // another one was first
    }
  };

  await expect(Promise.all(Array.from({ length: 4 }, makeAndRemove))).resolves.toHaveLength(4);
});
