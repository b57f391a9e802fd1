import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { fileTrouble } from './file-trouble.ts';
import { makeFolders } from './make-folders.ts';

const failure = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

it('says in words what the system says against a file', async () => {
  const root = await temporaryTree({ 'a file': '' });
  const below = join(root, 'a file/x');

  expect(fileTrouble(await failure(open(below)))).toMatchObject({
    code: 'FILE_UNUSABLE',
    message: `${below} cannot be opened: a file is where a folder has to be (ENOTDIR)`,
    hint: `See what is there: ls -ld '${below}' '${join(root, 'a file')}'`,
  });
  expect(fileTrouble(await failure(mkdir(below)))).toMatchObject({
    message: `${below} cannot be written: a file is where a folder has to be (ENOTDIR)`,
  });
});

it('tells a full disk from other trouble', () => {
  const error = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: '/d/f' });
  expect(fileTrouble(error)).toMatchObject({ code: 'DISK_FULL', hint: 'df -h /d' });
});

it.each([
  new TypeError('x is undefined'),
  Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'spawn git', path: 'git' }),
  Object.assign(new Error('no file is named'), { code: 'ENOENT', syscall: 'open' }),
  new PlatformError('USAGE', 'told already', 'x'),
])('leaves alone what is no trouble with a file: %s', (error) => {
  expect(fileTrouble(error)).toBeUndefined();
});

it('makes all folders on the way, and fails where none can be made', async () => {
  const root = await temporaryTree({ file: '' });
  const deep = join(root, 'a/b/c');
  await makeFolders(deep);
  await makeFolders(deep);
  await expect(readFile(deep)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(makeFolders(join(root, 'file/x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')('gives up where Node would try for ever', async () => {
  await expect(makeFolders('/proc/self/nobody/x')).rejects.toMatchObject({ code: 'ENOENT' });
});
