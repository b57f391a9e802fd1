import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { commitText, git as gitIn, gitRun as run } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { readRepositoryState } from './repository-state.ts';

let root: string;
const git = async (...args: string[]): Promise<void> => gitIn(root, ...args);
const commit = async (text: string): Promise<void> => commitText(root, text);

beforeEach(async () => {
  root = await temporaryTree({});
});

it('refuses a folder that is no git repository', async () => {
  await expect(readRepositoryState({ root, run })).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    hint: expect.stringContaining('git init') as string,
  });
});

it('refuses a folder inside another repository', async () => {
  await git('init', '-q');
  const inner = join(root, 'inner');
  await mkdir(inner);
  await expect(readRepositoryState({ root: inner, run })).rejects.toThrow('inside another git repository');
});

it('refuses a repository without a commit', async () => {
  await git('init', '-q');
  await expect(readRepositoryState({ root, run })).rejects.toThrow('no commit yet');
});

it('reads HEAD, branch and uncommitted paths, also those with spaces and umlauts', async () => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await writeFile(join(root, 'größe x.yaml'), '');
  expect(await readRepositoryState({ root, run })).toMatchObject({
    head: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    branch: 'main',
    changed: ['größe x.yaml'],
  });
});

it.each([
  ['.git/HEAD', 'garbage\n', /\.git is damaged/, /echo "ref: refs\/heads\/main" > .*\/\.git\/HEAD/],
  ['.git/HEAD', 'ref: refs/heads/gone\n', 'HEAD is on gone, which has no commit', 'git switch main'],
  [
    '.git/refs/heads/main',
    `${'1'.repeat(40)}\n`,
    'HEAD is at 1111111, a commit that this clone has lost',
    'git fsck',
  ],
  ['.git/config', '[core\n', /bad config line 1/, /\.git\/config/],
  ['.git/index', 'no index at all', /index file/, 'rm .git/index && git reset'],
])('names what is damaged in a clone: %s holding %j', async (file, content, message, hint) => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await writeFile(join(root, file), content);

  await expect(readRepositoryState({ root, run })).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(hint) as string,
  });
});
