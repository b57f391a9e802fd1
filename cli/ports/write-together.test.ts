import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
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

describe('thousands of files', () => {
  const many = (root: string) =>
    Array.from({ length: 2_400 }, (_, index) => ({
      path: join(root, String(index % 40), `${String(index)}.yaml`),
      content: String(index),
    }));
  /** A thread that writes what its script says, of `workerData`. */
  const script = async (body: string): Promise<string> =>
    join(await temporaryTree({ 'thread.mjs': `${threadHead}\n${body}` }), 'thread.mjs');
  const threadHead = `import { parentPort, workerData } from 'node:worker_threads';
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { dirname } from 'node:path';
    const write = ({ path, content }) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path + workerData.ending, content);
    };`;

  it.each([
    ['writes its half', 'workerData.files.forEach(write); parentPort.postMessage(true);'],
    ['ends in the middle', 'workerData.files.slice(0, 100).forEach(write); throw new Error("no");'],
  ])('are all there, and nothing beside them, where the thread %s', async (_, body) => {
    const root = await temporaryTree({});

    await writeFilesTogether(many(root), { flush: false, thread: await script(body) });

    expect(await listFiles(root)).toEqual(
      many(root)
        .map(({ path }) => relative(root, path))
        .sort(),
    );
    expect(await readText(join(root, '39/2399.yaml'))).toBe('2399');
  });

  it('are left as they were where this half fails, whatever the thread has written', async () => {
    const root = await temporaryTree({ 0: 'a file where a folder should be' });
    const thread = await script(
      'workerData.files.slice(1).forEach((one) => one.path.includes("/0/") || write(one));',
    );

    await expect(writeFilesTogether(many(root), { flush: false, thread })).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(await listFiles(root)).toEqual(['0']);
  });
});

it('removes what a killed process left beside the files, and nothing that a living one writes', async () => {
  const [gone, alive] = ['x.yaml.4194305-0123456789ab.tmp', `y.yaml.${String(process.pid)}-0123456789ab.tmp`]; // above every pid
  const root = await temporaryTree({ [gone]: 'half', [alive]: 'half', 'mine.tmp': '' });

  await writeFilesTogether([{ path: join(root, 'x.yaml'), content: 'new' }]);

  expect((await listFiles(root)).sort()).toEqual(['mine.tmp', 'x.yaml', alive]);
});
