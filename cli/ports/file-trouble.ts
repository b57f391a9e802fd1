import { dirname } from 'node:path';
import { PlatformError } from '../errors/platform-error.ts';
import { quote } from './run.ts';

/** What the system says against a file, in words, and what to look at. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'the system does not permit it',
  EROFS: 'the disk is read-only',
  ENOENT: 'it, or a folder on the way to it, is not there',
  ENOTDIR: 'a file is where a folder has to be',
  EISDIR: 'a folder is where a file has to be',
  EEXIST: 'something else is there',
  ENOTEMPTY: 'something else is there',
  ELOOP: 'symbolic links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/** Trouble with a disk or with permissions is nobody's bug: the person who started the program can mend it. */
export function fileTrouble(error: unknown): PlatformError | undefined {
  if (!(error instanceof Error) || error instanceof PlatformError) return undefined;
  const { code = '', path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const file = dest ?? path;
  if (file === undefined || syscall === undefined || syscall.startsWith('spawn')) return undefined;
  const folder = dirname(file);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PlatformError('DISK_FULL', `no space left to write ${file}`, `df -h ${quote(folder)}`, {
      cause: error,
    });
  }
  const reason = reasons[code];
  if (reason === undefined) return undefined;
  const verb = /^(open|read|scandir|l?stat|access|readlink|opendir)$/.test(syscall) ? 'opened' : 'written';
  return new PlatformError(
    'FILE_UNUSABLE',
    `${file} cannot be ${verb}: ${reason} (${code})`,
    `See what is there: ls -ld ${quote(file)} ${quote(folder)}`,
    { cause: error },
  );
}
