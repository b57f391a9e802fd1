import { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeMemoryFolder } from '../ports/memory-folder.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { keepTemporary, removeTemporary, renewTemporary } from './temporary-folder.ts';

/** Stands for a file system in memory, which a machine need not have. */
async function memory(): Promise<{ parent: string; make: () => Promise<string> }> {
  const parent = await temporaryTree({});
  return { parent, make: async () => mkdtemp(join(parent, 'platform-')) };
}

it('is a link into memory, is emptied by the next start, and leaves nothing there', async () => {
  const { parent, make } = await memory();
  const temporary = join(await temporaryTree({}), 'tmp');

  await renewTemporary(temporary, make);
  await writeFile(join(temporary, 'file'), '');
  const first = readlinkSync(temporary);
  await renewTemporary(temporary, make);

  expect(existsSync(first)).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(parent)).toHaveLength(1);
  await removeTemporary(temporary);
  expect(readdirSync(parent)).toEqual([]);
  expect(lstatSync(temporary, { throwIfNoEntry: false })).toBeUndefined();
});

it('is a private folder of the state where there is too little memory', async () => {
  const temporary = join(await temporaryTree({}), 'tmp');

  await renewTemporary(temporary, async () => makeMemoryFolder(Number.MAX_SAFE_INTEGER));

  expect(lstatSync(temporary).isDirectory()).toBe(true);
  expect(statSync(temporary).mode & 0o777).toBe(0o700);
});

it('comes back when somebody empties the memory, and stays as it is otherwise', async () => {
  const { parent, make } = await memory();
  const temporary = join(await temporaryTree({}), 'tmp');
  await renewTemporary(temporary, make);

  await keepTemporary(temporary);
  expect(readlinkSync(temporary)).toContain(parent);
  await rm(readlinkSync(temporary), { recursive: true });
  await keepTemporary(temporary);

  expect(statSync(temporary).isDirectory()).toBe(true);
  await removeTemporary(temporary);
});

it('makes no folder in what is no memory', async () => {
  expect(await makeMemoryFolder(0, '/proc')).toBeUndefined();
});

it.runIf(existsSync('/dev/shm'))('makes a private folder in memory', async () => {
  const folder = await makeMemoryFolder(0);
  expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
  await removeTemporary(folder ?? '');
});
