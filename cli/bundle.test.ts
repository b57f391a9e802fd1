import { execFile } from 'node:child_process';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { expect, it } from 'vitest';
import { repositoryRoot } from './testing/repository-root.ts';
import { temporaryTree } from './testing/temporary-tree.ts';

async function bundle(outdir: string, name = 'supervisor'): Promise<void> {
  const args = [join(repositoryRoot, 'cli/bundle.js'), name, `--outdir=${outdir}`];
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

it('makes the CLI of CommonJS modules, whose stacks name the lines of its source', async () => {
  const folder = await temporaryTree({});

  await bundle(folder, 'cli');

  const names = await readdir(folder);
  expect(names.filter((name) => !/\.cjs(\.map)?$/.test(name))).toEqual([]);
  for (const name of names.filter((one) => one.endsWith('.cjs'))) {
    expect(names).toContain(`${name}.map`);
    const text = await readFile(join(folder, name), 'utf8');
    expect(() => new Script(`(() => {${text}\n})`), name).not.toThrow(); // no import, no export
    expect(text, name).not.toMatch(/\bimport\(['"`]\.\//);
  }
  const map = JSON.parse(await readFile(join(folder, 'main.cjs.map'), 'utf8')) as { sources: string[] };
  expect(map.sources.some((source) => source.endsWith('/cli/main.ts'))).toBe(true);
});

it('has Node keep what it compiles beside the CLI, where Node can, before it loads anything', async () => {
  const folder = await temporaryTree({
    'newer-node.cjs': `
      const node = require('node:module');
      const { enableCompileCache } = node;
      node.enableCompileCache = (folder) => {
        const loaded = Object.keys(require.cache).filter((path) => path.includes('chunk-'));
        console.log(JSON.stringify({ folder, loaded }));
        enableCompileCache?.(folder);
      };`,
    'package.json': '{ "version": "1.0.0" }',
    'dist/compiled/of-an-earlier-build': '',
  });
  const dist = join(folder, 'dist');
  await bundle(dist, 'cli');
  expect(await readdir(dist)).not.toContain('compiled');

  const args = ['--require', join(folder, 'newer-node.cjs'), join(dist, 'main.cjs'), '--version'];
  const { stdout } = await promisify(execFile)(process.execPath, args);

  const [asked = '', version] = stdout.split('\n');
  expect(JSON.parse(asked)).toEqual({ folder: join(dist, 'compiled'), loaded: [] });
  expect(version).toBe('1.0.0');
});

it('gives the same where two run at once', async () => {
  const folder = await temporaryTree({});

  await Promise.all([bundle(folder), bundle(folder)]);

  expect(await readdir(folder)).toEqual(['supervisor.js']);
});
