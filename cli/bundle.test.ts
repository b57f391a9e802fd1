import { execFile } from 'node:child_process';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { repositoryRoot } from './testing/repository-root.ts';
import { temporaryTree } from './testing/temporary-tree.ts';

async function bundle(outdir: string): Promise<void> {
  const args = [join(repositoryRoot, 'cli/bundle.js'), 'supervisor', `--outdir=${outdir}`];
  await promisify(execFile)(process.execPath, args, { cwd: '/' });
}

it('writes whole files over old ones, and removes what builds of more than a day ago left', async () => {
  const [old, running] = ['chunk-OLD.js', 'chunk-RUNNING.js'];
  const folder = await temporaryTree({
    'supervisor.js': 'an earlier build',
    [old]: '',
    [`${old}.map`]: '',
    'main.js.0123456789ab.tmp': 'half',
    [running]: '',
    '.built': '',
  });
  const [now, days] = [Date.now() / 1_000, 2 * 24 * 60 * 60];
  for (const name of await readdir(folder)) await utimes(join(folder, name), now, now - days);
  await utimes(join(folder, running), now, now - 3_600);

  await bundle(folder);

  expect((await readdir(folder)).sort()).toEqual(['.built', running, 'supervisor.js']);
  expect(await readFile(join(folder, 'supervisor.js'), 'utf8')).toMatch(/^import\{createRequire/);
});

it('gives the same where two run at once', async () => {
  const folder = await temporaryTree({});

  await Promise.all([bundle(folder), bundle(folder)]);

  expect(await readdir(folder)).toEqual(['supervisor.js']);
});
