import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { gitIn, isRejectedPush, type Git } from './git.ts';

const author = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.test'];

async function repository(): Promise<{ root: string; git: Git; commit: (name: string) => Promise<string> }> {
  const root = await temporaryTree({});
  const git = gitIn(realRun(), root);
  await git.run(['init', '--quiet', '--initial-branch=main']);
  const commit = async (name: string): Promise<string> => {
    await writeFile(join(root, name), name);
    await git.run(['add', '.']);
    await git.run([...author, 'commit', '--quiet', '--message', name]);
    return (await git.run(['rev-parse', 'HEAD'])).stdout.trim();
  };
  return { root, git, commit };
}

it('names revisions, and undefined for one that there is not', async () => {
  const { git, commit } = await repository();
  expect(await git.revParse('HEAD')).toBeUndefined();

  const first = await commit('one');

  expect(await git.revParse('main')).toBe(first);
  expect(await git.revParse('no-such-branch')).toBeUndefined();
});

it('knows the branch, and that a detached HEAD is on none', async () => {
  const { git, commit } = await repository();
  const first = await commit('one');
  expect(await git.branch()).toBe('main');

  await git.run(['checkout', '--quiet', first]);

  expect(await git.branch()).toBeUndefined();
});

it('lists what is not committed, also names that git would quote', async () => {
  const { root, git, commit } = await repository();
  await commit('one');
  await writeFile(join(root, 'one'), 'changed');
  await mkdir(join(root, 'new folder'));
  await writeFile(join(root, 'new folder/ö "x".yaml'), '');

  expect(await git.changedPaths()).toEqual(['one', 'new folder/ö "x".yaml']);
  expect(await git.changedPaths(['one'])).toEqual(['one']);
  expect((await git.position()).changed).toEqual(await git.changedPaths());
});

it('says where a clone stands: before the first commit, on a branch, on none, in the middle of a merge', async () => {
  const { git, root, commit } = await repository();
  expect(await git.position()).toEqual({ head: undefined, branch: 'main', changed: [] });
  const first = await commit('a file');
  expect(await git.position()).toEqual({ head: first, branch: 'main', changed: [] });

  await git.run(['checkout', '--quiet', '-b', 'other']);
  await writeFile(join(root, 'a file'), 'theirs');
  await git.run([...author, 'commit', '--quiet', '--all', '--message', 'theirs']);
  await git.run(['checkout', '--quiet', '--detach', first]);
  await writeFile(join(root, 'a file'), 'ours');
  await git.run([...author, 'commit', '--quiet', '--all', '--message', 'ours']);
  await git.run([...author, 'merge', '--quiet', 'other'], { okExitCodes: [1] });

  expect(await git.position()).toMatchObject({ branch: undefined, changed: ['a file'] });
});

it('counts commits and knows ancestors', async () => {
  const { git, commit } = await repository();
  const first = await commit('one');
  const second = await commit('two');

  expect(await git.countCommits(first, second)).toBe(1);
  expect(await git.countCommits(second, first)).toBe(0);
  expect(await git.distance(first, second)).toEqual({ ahead: 1, behind: 0 });
  expect(await git.distance(second, first)).toEqual({ ahead: 0, behind: 1 });
  expect(await git.distance('0'.repeat(39) + '1', second)).toBeUndefined();
  expect(await git.isAncestor(first, second)).toBe(true);
  expect(await git.isAncestor(second, first)).toBe(false);
});

it('works in its own repository although it is called from the hook of another', async () => {
  const other = await repository();
  const { git, commit } = await repository();
  const first = await commit('one');
  vi.stubEnv('GIT_DIR', join(other.root, '.git'));

  expect(await git.revParse('HEAD')).toBe(first);

  vi.unstubAllEnvs();
});

it('tells a push that was rejected from other failures', async () => {
  const { root, git, commit } = await repository();
  await commit('one');
  await git.run(['clone', '--quiet', '--bare', '.', join(root, 'bare.git')]);
  await git.run(['remote', 'add', 'dev', join(root, 'bare.git')]);
  await commit('two');
  await git.push('dev', 'main');
  await git.run([...author, 'commit', '--quiet', '--amend', '--message', 'other']);

  const rejected = await git.push('dev', 'main').catch((error: unknown) => error);
  const unknown = await git.push('nowhere', 'main').catch((error: unknown) => error);

  expect(isRejectedPush(rejected as PlatformError)).toBe(true);
  expect(unknown).toBeInstanceOf(PlatformError);
  expect(isRejectedPush(unknown as PlatformError)).toBe(false);
});
