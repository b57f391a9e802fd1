import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { commitText, git as gitIn, gitRun as run, plainRun as plain } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { requireCommittable } from './committable.ts';
import { readRepositoryState } from './repository-state.ts';

let root: string;
const git = async (...args: string[]): Promise<void> => gitIn(root, ...args);
const commit = async (text: string): Promise<void> => commitText(root, text);

beforeEach(async () => {
  root = await temporaryTree({});
});

it('accepts a detached HEAD to read, and refuses to commit on it', async () => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await git('checkout', '-q', '--detach');
  const state = await readRepositoryState({ root, run });
  expect(state.branch).toBeUndefined();
  await expect(requireCommittable({ root, run }, state)).rejects.toMatchObject({ hint: 'git switch main' });
});

it('refuses to commit into a merge that waits for a person', async () => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await git('checkout', '-q', '-b', 'other');
  await commit('theirs');
  await git('checkout', '-q', 'main');
  await commit('ours');
  await git('merge', 'other');
  await expect(requireCommittable({ root, run }, await readRepositoryState({ root, run }))).rejects.toThrow(
    'a merge is in progress',
  );
});

it('says how to name oneself where git does not know who commits', async () => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await git('config', 'user.useConfigOnly', 'true');
  const nobody = { GIT_AUTHOR_NAME: undefined, GIT_AUTHOR_EMAIL: undefined };
  const anonymous: Run = async (call) =>
    plain({
      ...call,
      env: { ...call.env, ...nobody, GIT_COMMITTER_NAME: undefined, GIT_COMMITTER_EMAIL: undefined },
    });
  await expect(
    requireCommittable({ root, run: anonymous }, await readRepositoryState({ root, run })),
  ).rejects.toMatchObject({
    message: 'git does not know who commits',
  });
});

it('tells a rebase and a bisect, which detach HEAD as well, from a detached HEAD', async () => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await git('checkout', '-q', '--detach');
  await writeFile(join(root, '.git/BISECT_LOG'), '');
  const state = await readRepositoryState({ root, run });

  await expect(requireCommittable({ root, run }, state)).rejects.toMatchObject({
    message: 'a bisect is in progress in this clone',
    hint: 'git bisect reset',
  });
});

it('names the lock that a git command holds, or left', async () => {
  await git('init', '-q', '-b', 'main');
  await commit('one');
  await writeFile(join(root, '.git/index.lock'), '');
  const state = await readRepositoryState({ root, run }); // looking takes no lock

  await expect(requireCommittable({ root, run }, state)).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    hint: `If no git is running: rm ${join(root, '.git/index.lock')}`,
  });
});
