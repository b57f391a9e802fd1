import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runWithExeca, type Run } from '../ports/run.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { commitPaths } from './commit.ts';

const plain = runWithExeca(async (tool) => tool);
const identity = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};
const run: Run = async (call) => plain({ ...call, env: { ...identity, ...call.env } });
let root: string;

async function git(...args: string[]): Promise<string> {
  return (await run({ tool: 'git', args, cwd: root, timeoutMs: 30_000 })).stdout;
}

beforeEach(async () => {
  root = await temporaryTree({});
  await git('init', '-q', '-b', 'main');
  for (const name of ['values.yaml', 'gone.yaml', 'other.txt']) await writeFile(join(root, name), 'old\n');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'start');
});

it('commits changed, new and deleted paths and leaves what a person has staged staged', async () => {
  await writeFile(join(root, 'values.yaml'), 'new\n');
  await writeFile(join(root, 'new [1]*.yaml'), 'new\n');
  await rm(join(root, 'gone.yaml'));
  await writeFile(join(root, 'other.txt'), 'mine\n');
  await git('add', 'other.txt');

  const commit = await commitPaths(
    { root, run },
    ['values.yaml', 'new [1]*.yaml', 'gone.yaml'],
    'Deploy dev',
  );

  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await git('show', '--name-status', '--format=%s', 'HEAD')).toBe(
    'Deploy dev\n\nD\tgone.yaml\nA\tnew [1]*.yaml\nM\tvalues.yaml\n',
  );
  expect(await git('status', '--porcelain')).toBe('M  other.txt\n');
});

it('commits nothing where nothing differs from HEAD', async () => {
  expect(await commitPaths({ root, run }, ['values.yaml'], 'Deploy dev')).toBeUndefined();
  expect(await git('rev-list', '--count', 'HEAD')).toBe('1\n');
});

it('shows what a hook said that refused the commit', async () => {
  await writeFile(join(root, '.git/hooks/pre-commit'), '#!/bin/sh\necho lint: 3 problems\nexit 1\n', {
    mode: 0o755,
  });
  await writeFile(join(root, 'values.yaml'), 'changed');

  await expect(commitPaths({ root, run }, ['values.yaml'], 'x')).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    message: 'git made no commit:\nlint: 3 problems',
  });
});
