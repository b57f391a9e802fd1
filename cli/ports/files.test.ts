import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { listFiles, listNames, makePrivateDirectory, readTextIfThere, writeFileAtomically } from './files.ts';

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/** Mounts a file system of 64 KiB, where root can do that; false where it cannot. */
async function mountTiny(folder: string): Promise<boolean> {
  const run = promisify(execFile);
  await mkdir(folder, { recursive: true });
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).then(
    () => true,
    () => false,
  );
  if (mounted)
    onTestFinished(async () => {
      await run('umount', [folder]);
    });
  return mounted;
}

describe('writeFileAtomically', () => {
  it('makes the folders on the way, replaces what was there and leaves nothing beside it', async () => {
    const root = await temporaryTree({ 'a/old.yaml': 'old\n' });

    await writeFileAtomically(join(root, 'a/old.yaml'), 'new\n');
    await writeFileAtomically(join(root, 'b/c/new.yaml'), Buffer.from('bytes'));

    expect(await listFiles(root)).toEqual(['a/old.yaml', 'b/c/new.yaml']);
    expect(await readFile(join(root, 'a/old.yaml'), 'utf8')).toBe('new\n');
  });

  it.each([
    [0o077, 0o644],
    [0o000, 0o600],
  ])('gives the exact mode whatever the umask is', async (umask, mode) => {
    const root = await temporaryTree({});
    const before = process.umask(umask);
    onTestFinished(() => void process.umask(before));

    await writeFileAtomically(join(root, 'file'), 'x', mode);

    expect(await modeOf(join(root, 'file'))).toBe(mode.toString(8));
  });

  it('leaves nothing beside a folder that stands in the way', async () => {
    const root = await temporaryTree({ 'target/inside': '' });

    await expect(writeFileAtomically(join(root, 'target'), 'x')).rejects.toThrow(/EISDIR|ENOTDIR|EEXIST/);

    expect(await listFiles(root)).toEqual(['target/inside']);
  });

  it('reports a full disk, with the old file whole and nothing beside it', async ({ skip }) => {
    const folder = join(await temporaryTree({}), 'tiny');
    skip(!(await mountTiny(folder)), 'only root can mount a small file system, and only on Linux');
    await writeFile(join(folder, 'file'), 'old');

    const writing = writeFileAtomically(join(folder, 'file'), 'x'.repeat(200_000));

    await expect(writing).rejects.toMatchObject({ code: 'DISK_FULL', hint: `df -h ${folder}` });
    expect(await listFiles(folder)).toEqual(['file']);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('old');
  });
});

it('reads a file that is not there as undefined, and throws for a folder', async () => {
  const root = await temporaryTree({ file: 'text' });

  expect(await readTextIfThere(join(root, 'file'))).toBe('text');
  expect(await readTextIfThere(join(root, 'none/file'))).toBeUndefined();
  expect(await readTextIfThere(join(root, 'file/below'))).toBeUndefined();
  await expect(readTextIfThere(root)).rejects.toThrow('EISDIR');
});

it('lists files sorted, by their paths, and follows no links', async () => {
  const root = await temporaryTree({ 'b/z': '', 'b/a/y': '', c: '' });
  await symlink(join(root, 'b'), join(root, 'link'));

  expect(await listFiles(root)).toEqual(['b/a/y', 'b/z', 'c']);
  expect(await listFiles(join(root, 'none'))).toEqual([]);
  expect(await listNames(root, 'directory')).toEqual(['b']);
  expect(await listNames(join(root, 'none'))).toEqual([]);
});

it('makes a folder private that was there already', async () => {
  const root = await temporaryTree({ 'open/file': '' });

  await makePrivateDirectory(join(root, 'open'));

  expect(await modeOf(join(root, 'open'))).toBe('700');
});
