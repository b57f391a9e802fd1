import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { listFiles, readText } from './files.ts';
import { writeFilesTogether } from './write-together.ts';

it('writes all files, with the folders on the way', async () => {
  const root = await temporaryTree({ 'a.yaml': 'old\n' });

  await writeFilesTogether([
    { path: join(root, 'a.yaml'), content: 'new\n' },
    { path: join(root, 'b/c.yaml'), content: 'c\n' },
  ]);

  expect(await listFiles(root)).toEqual(['a.yaml', 'b/c.yaml']);
  expect(await readText(join(root, 'a.yaml'))).toBe('new\n');
});

it('leaves every file as it was, and nothing beside it, when one cannot be written', async () => {
  const root = await temporaryTree({ 'a.yaml': 'old\n', file: 'in the way\n' });

  const writing = writeFilesTogether([
    { path: join(root, 'a.yaml'), content: 'new\n' },
    { path: join(root, 'file/b.yaml'), content: 'b\n' },
  ]);

  await expect(writing).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(await listFiles(root)).toEqual(['a.yaml', 'file']);
  expect(await readText(join(root, 'a.yaml'))).toBe('old\n');
});

it('leaves nothing beside the files when a folder stands where one should go', async () => {
  const root = await temporaryTree({});
  await mkdir(join(root, 'a.yaml'));

  await expect(writeFilesTogether([{ path: join(root, 'a.yaml'), content: 'a\n' }])).rejects.toThrow(
    /EISDIR|ENOTDIR/,
  );
  expect(await listFiles(root)).toEqual([]);
});

it('removes what a killed process left beside the files, and nothing that a living one writes', async () => {
  const [gone, alive] = ['x.yaml.4194305-0123456789ab.tmp', `y.yaml.${String(process.pid)}-0123456789ab.tmp`]; // above every pid
  const root = await temporaryTree({ [gone]: 'half', [alive]: 'half', 'mine.tmp': '' });

  await writeFilesTogether([{ path: join(root, 'x.yaml'), content: 'new' }]);

  expect((await listFiles(root)).sort()).toEqual(['mine.tmp', 'x.yaml', alive]);
});
