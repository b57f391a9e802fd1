import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

const variable = 'PLATFORM_TEST_BUILD';

/** Builds the CLI of this checkout for all test files of a run: each build takes a core for four seconds. */
export function buildOnce(folder: string): void {
  runBundler(folder);
  process.env[variable] = folder; // of this process, and so of the workers that it starts
}

/**
 * Puts what `npm run build` makes into `dist`; built there where nothing was built before, as in a benchmark.
 *
 * @param dist An absolute path.
 */
export function lendBuild(dist: string): void {
  const folder = process.env[variable];
  if (folder === undefined || !existsSync(folder)) runBundler(dist);
  else cpSync(folder, dist, { recursive: true });
  writeFileSync(join(dist, '.built'), ''); // newer than all sources: the launcher builds nothing
}

function runBundler(outdir: string): void {
  const args = [join(repositoryRoot, 'cli/bundle.js'), 'cli', 'page', 'supervisor', `--outdir=${outdir}`];
  execFileSync(process.execPath, args, { cwd: repositoryRoot, stdio: 'inherit' });
}
