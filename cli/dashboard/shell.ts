import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PlatformError } from '../errors/platform-error.ts';
import { readTextIfThere } from '../ports/files.ts';

/** One of the three files that the page is made of. They hold no data, so no token is asked for them. */
export interface ShellFile {
  readonly type: string;
  readonly text: string;
  readonly gzipped: Uint8Array<ArrayBuffer>;
}

const files: readonly (readonly [path: string, name: string, type: string])[] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/app.js', 'app.js', 'text/javascript; charset=utf-8'],
  ['/app.css', 'app.css', 'text/css; charset=utf-8'],
];

/**
 * The files of the page by the path that they are served at.
 *
 * @param home The folder of package.json.
 * @throws {PlatformError} FILE_UNUSABLE when the page was not built.
 */
export async function readShell(home: string): Promise<ReadonlyMap<string, ShellFile>> {
  const shell = new Map<string, ShellFile>();
  for (const [path, name, type] of files) {
    const file = join(home, 'dist/page', name);
    const text = await readTextIfThere(file);
    if (text === undefined)
      throw new PlatformError(
        'FILE_UNUSABLE',
        `the page is not built: ${file} is not there`,
        'npm run build',
      );
    shell.set(path, { type, text, gzipped: new Uint8Array(gzipSync(text, { level: 9 })) });
  }
  return shell;
}
