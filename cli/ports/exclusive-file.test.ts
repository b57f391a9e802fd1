import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { createExclusively } from './exclusive-file.ts';
import { ownProcess } from './processes.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await temporaryTree({});
  lock = join(folder, 'config.lock');
});

it('is made once, by one of many at the same time', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, async () => createExclusively(lock)));

  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['config.lock']);
});

it('is taken from a maker that was killed, by one of many at the same time', async () => {
  await writeFile(lock, JSON.stringify({ platform: { pid: 1, startTime: 'of another life' } }));

  const made = await Promise.all(Array.from({ length: 20 }, async () => createExclusively(lock)));

  expect(made.filter(Boolean)).toHaveLength(1);
  expect(JSON.parse(await readFile(lock, 'utf8'))).toEqual({ platform: await ownProcess() });
  expect(await readdir(folder)).toEqual(['config.lock']);
});

it.each([
  ['the empty lock of another program', ''],
  ['what is no lock of ours', '{"platform":{}}'],
])('leaves %s alone', async (_, content) => {
  await writeFile(lock, content);

  expect(await createExclusively(lock)).toBe(false);
  expect(await readFile(lock, 'utf8')).toBe(content);
});
