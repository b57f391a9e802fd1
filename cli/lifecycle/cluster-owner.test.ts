import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { commitText, git, gitRun as run } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { recordOwner, requireOwnCluster } from './cluster-owner.ts';
import { keptFiles, type KeptFiles } from './kept-files.ts';

let folder: string;
let kept: KeptFiles;

/** A repository with two commits, the first of which is named by `text`. */
async function repository(name: string): Promise<{ root: string; run: Run }> {
  const root = join(folder, name);
  await git(folder, 'init', '-q', root);
  for (const text of [name, 'more']) await commitText(root, text);
  return { root, run };
}

beforeEach(async () => {
  folder = await temporaryTree({});
  kept = keptFiles({ state: join(folder, 'state'), config: join(folder, 'config') } as never, 'acme', 'dev');
});

it('refuses the cluster that another repository of the same client made, and says where that lies', async () => {
  const first = await repository('first');
  await recordOwner(first, kept);

  await expect(requireOwnCluster(await repository('second'), 'dev', kept)).rejects.toMatchObject({
    code: 'CLUSTER_FOREIGN',
    message: expect.stringContaining(first.root) as string,
    hint: expect.stringContaining(`rm ${join(kept.directory, 'owner.json')}`) as string,
  });
});

it('lets every clone of the same repository in, a shallow one too', async () => {
  const first = await repository('first');
  await recordOwner(first, kept);
  await git(folder, 'clone', '-q', first.root, 'whole');
  await git(folder, 'clone', '-q', '--depth=1', `file://${first.root}`, 'shallow');

  await requireOwnCluster({ root: join(folder, 'whole'), run }, 'dev', kept);
  await requireOwnCluster({ root: join(folder, 'shallow'), run }, 'dev', kept);
});

it('keeps the first owner, and fills in what a shallow clone could not tell', async () => {
  const first = await repository('first');
  await git(folder, 'clone', '-q', '--depth=1', `file://${first.root}`, 'shallow');
  await recordOwner({ root: join(folder, 'shallow'), run }, kept);
  await requireOwnCluster(await repository('second'), 'dev', kept); // not known yet
  await recordOwner(first, kept);
  await recordOwner(await repository('third'), kept);

  await requireOwnCluster(first, 'dev', kept);
  await expect(requireOwnCluster({ root: join(folder, 'third'), run }, 'dev', kept)).rejects.toMatchObject({
    code: 'CLUSTER_FOREIGN',
  });
});

it('has nothing against a repository without a commit, nor against a cluster that nobody owns', async () => {
  await requireOwnCluster(await repository('any'), 'dev', kept);
  await recordOwner(await repository('first'), kept);
  const empty = join(folder, 'empty');
  await git(folder, 'init', '-q', empty);
  await requireOwnCluster({ root: empty, run }, 'dev', kept);
});

it('names its own file where that is damaged', async () => {
  await recordOwner(await repository('first'), kept);
  const path = join(kept.directory, 'owner.json');
  await writeFile(path, '{');

  await expect(requireOwnCluster(await repository('second'), 'dev', kept)).rejects.toMatchObject({
    code: 'STATE_UNREADABLE',
    hint: expect.stringContaining(path) as string,
  });
  await rm(path);
  await requireOwnCluster({ root: join(folder, 'second'), run }, 'dev', kept);
});
