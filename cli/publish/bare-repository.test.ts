import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runWithExeca, type Run } from '../ports/run.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { addRemote, prepareBareRepository, pushCommit, type BareRepository } from './bare-repository.ts';

const run: Run = runWithExeca(async (tool) => tool);
let root: string;
let bare: BareRepository;

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run({ tool: 'git', args, cwd: root, timeoutMs: 30_000 });
  return stdout.trim();
}

async function commit(text: string): Promise<string> {
  await writeFile(join(root, 'file'), text);
  await git('add', '-A');
  await git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', text);
  return git('rev-parse', 'HEAD');
}

beforeEach(async () => {
  root = await temporaryTree({});
  bare = {
    path: join(await temporaryTree({}), 'repository.git'),
    branch: 'main',
    environment: 'dev',
  };
  await run({ tool: 'git', args: ['init', '-q', '-b', 'work', root], timeoutMs: 30_000 });
  await commit('one');
  await prepareBareRepository({ run }, bare);
  await addRemote({ root, run }, bare);
});

describe('the repository that Flux follows', () => {
  it('takes a commit from any local branch to the followed one, once', async () => {
    const head = await git('rev-parse', 'HEAD');

    expect(await pushCommit({ root, run }, bare, head)).toBe('pushed');
    expect(await pushCommit({ root, run }, bare, head)).toBe('already');
    expect(await git('ls-remote', 'dev', 'refs/heads/main')).toContain(head);
  });

  it('refuses to push over commits that the clone lacks, and says how to get them', async () => {
    const first = await git('rev-parse', 'HEAD');
    await pushCommit({ root, run }, bare, await commit('two'));
    await git('reset', '-q', '--hard', first);
    const other = await commit('another two');

    await expect(pushCommit({ root, run }, bare, other)).rejects.toMatchObject({
      code: 'GIT_PUSH_REJECTED',
      hint: 'git pull --rebase --autostash dev main',
    });
  });

  it('takes a push from a shallow clone', async () => {
    await commit('two');
    const shallow = await temporaryTree({});
    await git('clone', '-q', '--depth', '1', `file://${root}`, shallow);
    const head = await git('-C', shallow, 'rev-parse', 'HEAD');
    await addRemote({ root: shallow, run }, bare);

    expect(await pushCommit({ root: shallow, run }, bare, head)).toBe('pushed');
  });

  it('tells the pusher what happens, also under a global core.hooksPath', async () => {
    const hooks = await temporaryTree({});
    const config = join(hooks, 'gitconfig');
    await writeFile(config, `[core]\n\thooksPath = ${hooks}\n`);
    const push = async (refspec: string): Promise<string> =>
      (
        await run({
          tool: 'git',
          args: ['push', 'dev', refspec],
          cwd: root,
          env: { GIT_CONFIG_GLOBAL: config },
          timeoutMs: 30_000,
        })
      ).stderr;

    expect(await push('HEAD:main')).toContain('Whether it does: platform status dev');
    expect(await push('HEAD:topic')).toContain('Nothing is deployed: Flux follows main, and this was topic');
  });

  it('is what `git push <environment>` pushes the current branch to, in a clone without any other remote', async () => {
    await git('checkout', '-q', '-b', 'main');
    const head = await commit('two');
    await git('push', '-q', 'dev');

    expect(await git('ls-remote', 'dev', 'refs/heads/main')).toContain(head);
  });

  it('leaves a remote of the same name that points elsewhere alone', async () => {
    await git('remote', 'set-url', 'dev', 'https://example.com/other.git');

    await expect(addRemote({ root, run }, bare)).rejects.toMatchObject({
      code: 'GIT_UNUSABLE',
      hint: 'git remote rename dev dev-old',
    });
  });
});
