import { dirname, resolve } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { isDirectory, readTextIfThere } from '../ports/files.ts';
import { isWritable } from '../ports/machine.ts';

/** What each picture of a load test begins with: only a file that does is ever written over. */
export const pictureMark = '<svg data-made-by="platform loadtest"';

/**
 * Where the picture goes. Asked before the load, which may take half an hour.
 *
 * @returns The absolute path.
 * @throws {PlatformError} USAGE, or FILE_UNUSABLE where something else is in its place.
 */
export async function pictureFile(name: string): Promise<string> {
  const file = resolve(name);
  if (!file.endsWith('.svg')) {
    throw new PlatformError(
      'USAGE',
      `${name} does not end with .svg`,
      'Name the picture so: --svg loadtest.svg',
    );
  }
  if (!(await isDirectory(dirname(file)))) {
    throw new PlatformError(
      'FILE_UNUSABLE',
      `${dirname(file)} is no folder`,
      'Make it first, or name another file',
    );
  }
  if (!(await isWritable(dirname(file))) || !(await isWritable(file))) {
    throw new PlatformError('FILE_UNUSABLE', `${file} cannot be written`, 'Name another file');
  }
  if ((await isDirectory(file)) || !(await isPicture(file))) {
    throw new PlatformError(
      'FILE_UNUSABLE',
      `${file} is no picture of a load test: it is left as it is`,
      'Name another file, or remove this one',
    );
  }
  return file;
}

/** True too where nothing is there. */
async function isPicture(file: string): Promise<boolean> {
  return (await readTextIfThere(file))?.startsWith(pictureMark) ?? true;
}
