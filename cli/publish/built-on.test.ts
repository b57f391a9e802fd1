import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitIn } from '../ports/git.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { isBuiltOn } from './built-on.ts';
import type { RemoteAddress } from './remote-address.ts';

const run = realRun();
const me = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@x',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@x',
};

/** A shared repository, one's own clone, and somebody who has pushed on top of its commit. */
async function shared(): Promise<{
  root: string;
  bare: string;
  address: RemoteAddress;
  ours: string;
  top: string;
}> {
  const folder = await temporaryTree({});
  const [bare, root, other] = ['shared.git', 'ours', 'other'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const git = async (at: string, ...args: string[]): Promise<string> =>
    (await gitIn(run, at).run(args, { env: me })).stdout.trim();
  const commit = async (at: string, message: string): Promise<string> => {
    await git(at, 'commit', '--quiet', '--allow-empty', '--message', message);
    return git(at, 'rev-parse', 'HEAD');
  };
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  await git(folder, 'clone', '--quiet', bare, root);
  const ours = await commit(root, 'ours');
  await git(root, 'push', '--quiet', 'origin', 'HEAD:main');
  await git(folder, 'clone', '--quiet', bare, other);
  const top = await commit(other, 'on top');
  await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
  const address = { url: bare, protocol: 'file', host: '', path: bare } as unknown as RemoteAddress;
  return { root, bare, address, ours, top };
}

it('is told by the repository that this machine serves', async () => {
  const { root, bare, ours, top } = await shared();
  const history = { repository: bare, branch: 'main', address: undefined };
  expect(await isBuiltOn({ root, run }, history, top, ours)).toBe(true);
  expect(await isBuiltOn({ root, run }, history, ours, top)).toBe(false);
  expect(await isBuiltOn({ root, run }, history, 'e'.repeat(40), ours)).toBeUndefined();
});

it('is fetched from a remote where the clone lacks it, and moves no ref of the clone', async () => {
  const { root, address, ours, top } = await shared();
  const refs = async (): Promise<string> => (await gitIn(run, root).run(['show-ref'])).stdout;
  const before = await refs();
  const history = { repository: '/nonexistent', branch: 'main', address };

  expect(await isBuiltOn({ root, run }, history, top, ours)).toBe(true);
  expect(await refs()).toBe(before);
});

it('cannot be told where the remote does not answer', async () => {
  const { root, bare, address, ours, top } = await shared();
  await rename(bare, `${bare}-away`);
  const history = { repository: '/nonexistent', branch: 'main', address };
  expect(await isBuiltOn({ root, run }, history, top, ours)).toBeUndefined();
});
