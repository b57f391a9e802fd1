import { join } from 'node:path';
import { build } from 'esbuild';
import { temporaryTree } from './temporary-tree.ts';

/**
 * Makes a program that Node can run from TypeScript that uses parts of this one, for what only a process of its own can
 * show: signals, locks, its end.
 *
 * @param source Its imports are relative to cli/testing.
 * @returns The path of the program, gone when the test is over.
 */
export async function bundledScript(source: string): Promise<string> {
  const outfile = join(await temporaryTree({}), 'script.mjs');
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    outfile,
  });
  return outfile;
}
