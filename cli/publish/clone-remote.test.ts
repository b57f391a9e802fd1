import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { gitIn } from '../ports/git.ts';
import { commitText, git, gitRun as run } from '../testing/git-repository.ts';
import { refused } from '../testing/refused.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import {
  findCloneRemote,
  pushToRemote,
  requireCloneRemote,
  requireOnBranch,
  requireTip,
} from './clone-remote.ts';
import { parseRemote } from './remote-address.ts';

const address = parseRemote('ssh://git@git.example/ada/shop.git')!;
let root: string;
let hosted: string;

beforeEach(async () => {
  const folder = await temporaryTree({});
  [root, hosted] = [join(folder, 'clone'), join(folder, 'hosted.git')];
  await mkdir(root);
  await git(root, 'init', '-q', '-b', 'main');
  await commitText(root, 'one');
  await git(folder, 'clone', '-q', '--bare', root, hosted);
});

const head = async (): Promise<string> => (await gitIn(run, root).revParse('HEAD')) ?? '';

describe('the git remote of the clone', () => {
  it('is found by its address, whatever its name and protocol, the very address first', async () => {
    expect(await findCloneRemote({ root, run }, address)).toBeUndefined();
    await git(root, 'remote', 'add', 'elsewhere', 'git@git.example:ada/other.git');
    await git(root, 'remote', 'add', 'web', 'https://git.example/ada/shop');
    expect(await findCloneRemote({ root, run }, address)).toBe('web');
    await git(root, 'remote', 'add', 'work', 'git@git.example:ada/shop.git');
    expect(await findCloneRemote({ root, run }, address)).toBe('work');
  });

  it('is wanted where there is none, under a name that is free', async () => {
    const wanted = async (): Promise<string> =>
      (await refused(requireCloneRemote({ root, run }, address))).hint;
    expect(await wanted()).toBe('git remote add origin ssh://git@git.example/ada/shop.git');
    await git(root, 'remote', 'add', 'origin', '/srv/mirror');
    expect(await wanted()).toBe('git remote add upstream ssh://git@git.example/ada/shop.git');
  });
});

describe('what Flux will find at the remote', () => {
  const check = async (tip: string | undefined): Promise<void> =>
    requireTip({ root, run }, { address, branch: 'main', tip, commit: await head() });

  it('may be HEAD', async () => expect(await check(await head())).toBeUndefined());

  it('lacks what was not pushed: the command for it is named', async () => {
    const pushed = await head();
    await git(root, 'remote', 'add', 'work', address.url);
    expect(await refused(check(undefined))).toMatchObject({
      code: 'COMMITS_NOT_PUSHED',
      hint: 'git push work HEAD:main',
    });
    await commitText(root, 'two');
    await commitText(root, 'three');
    const behind = await refused(check(pushed));
    expect(behind).toMatchObject({ code: 'COMMITS_NOT_PUSHED', hint: 'git push work HEAD:main' });
    expect(behind.message).toContain(`is 2 commits ahead of main of ${address.url}`);
  });

  it('has what this clone lacks, or has not taken in', async () => {
    expect(await refused(check('1'.repeat(40)))).toMatchObject({
      code: 'GIT_PUSH_REJECTED',
      message: expect.stringContaining('is at 1111111, a commit that this clone lacks') as string,
      hint: `git remote add origin ${address.url} && git pull --rebase --autostash origin main`,
    });
    const old = await head();
    await commitText(root, 'two');
    const newer = await head();
    await git(root, 'reset', '-q', '--hard', old);
    const ahead = await refused(check(newer));
    expect(ahead.message).toContain('has 1 commit that HEAD');
    await commitText(root, 'other');
    expect((await refused(check(newer))).hint).toContain(
      'autostash origin main && git push origin HEAD:main',
    );
  });
});

describe('what is rebuilt from the remote', () => {
  const check = async (tip: string | undefined, commit: string): Promise<void> =>
    requireOnBranch({ root, run }, { address, branch: 'main', tip, commit });

  it('is a commit that its branch still has', async () => {
    const old = await head();
    await commitText(root, 'two');
    expect(await check(await head(), old)).toBeUndefined();
    const code = async (tip: string | undefined, commit: string): Promise<string> =>
      (await refused(check(tip, commit))).code;
    expect(await code(old, await head())).toBe('COMMITS_NOT_PUSHED');
    expect(await code(undefined, old)).toBe('COMMITS_NOT_PUSHED');
    expect(await code('1'.repeat(40), old)).toBe('GIT_PUSH_REJECTED');
  });
});

describe('a push', () => {
  beforeEach(async () => git(root, 'remote', 'add', 'origin', hosted));
  const push = async (): Promise<string> => pushToRemote({ root, run }, 'origin', 'main', await head());

  it('moves the branch, and says when it was there', async () => {
    await commitText(root, 'two');
    expect(await push()).toBe('pushed');
    expect(await push()).toBe('already');
    expect(await gitIn(run, hosted).revParse('main')).toBe(await head());
  });

  it('does not go over the commits of others', async () => {
    await commitText(root, 'two');
    await push();
    await git(root, 'reset', '-q', '--hard', 'HEAD~');
    await commitText(root, 'other');
    expect(await refused(push())).toMatchObject({
      code: 'GIT_PUSH_REJECTED',
      hint: 'git pull --rebase --autostash origin main',
    });
  });

  it('that a rule of the server refuses is told with what the server said', async () => {
    const hook = join(hosted, 'hooks/pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "main is protected"; exit 1\n');
    await chmod(hook, 0o755);
    await commitText(root, 'two');
    const refusal = await refused(push());
    expect(refusal).toMatchObject({
      code: 'GIT_ACCESS_DENIED',
      hint: expect.stringContaining('git push origin HEAD:main') as string,
    });
    expect(refusal.message).toContain('main is protected');
  });

  it('to a repository that is gone is told by git', async () => {
    await rename(hosted, `${hosted}.gone`);
    await commitText(root, 'two');
    expect((await refused(push())).code).toBe('TOOL_FAILED');
  });
});
