import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { listNames } from './files.ts';
import { pruneFolder } from './pruned-folder.ts';

it('removes what is too old, then the oldest of what is too much', async () => {
  const folder = await temporaryTree({ a: '12345', b: '12345', c: '12345', old: '1', 'kept/d': '12345' });
  const now = Date.now() / 1000;
  for (const [name, age] of [
    ['a', 1],
    ['b', 3],
    ['c', 2],
    ['old', 100],
  ] as const) {
    await utimes(join(folder, name), now - age, now - age);
  }

  pruneFolder(folder, { ageMs: 60_000, bytes: 10 });

  expect(await listNames(folder)).toEqual(['a', 'c', 'kept']);
  pruneFolder(join(folder, 'absent'), { ageMs: 1, bytes: 1 });
});
