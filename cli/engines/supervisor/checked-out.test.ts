import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { checkedOut } from './checked-out.ts';

const env = { PATH: process.env['PATH'] ?? '' };

it('is what lies at the top of the commit, whatever its name, without the program and without submodules', async () => {
  const folder = await temporaryTree({
    'apps/a.yaml': '',
    'cli/main.ts': '',
    'a folder – new/b.yaml': '',
    'kustomization.yaml': '',
    'package-lock.json': '',
  });
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  git('add', '--all');
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
  git('commit', '--quiet', '--message', 'all');
  const commit = git('rev-parse', 'HEAD');

  const found = await checkedOut({ repository: join(folder, '.git'), env }, commit);
  expect(found).toEqual(['a folder – new', 'apps', 'kustomization.yaml']);
});

it('is everything where git cannot say', async () => {
  const folder = await temporaryTree({});
  await mkdir(join(folder, 'r.git'));
  await writeFile(join(folder, 'r.git/HEAD'), 'nonsense');

  expect(await checkedOut({ repository: join(folder, 'r.git'), env }, '1'.repeat(40))).toBeNull();
});
