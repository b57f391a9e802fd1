import { expect, it } from 'vitest';
import { git, gitRun as run } from '../testing/git-repository.ts';
import { temporaryTree, writeTree } from '../testing/temporary-tree.ts';
import { requireCommitted } from './rotate.ts';

it('names each file that is not committed before the commit of a new key, and no other one', async () => {
  const root = await temporaryTree({ 'clusters/dev/values.yaml': 'a: b\n', 'notes.txt': '' });
  await git(root, 'init', '-q');
  await git(root, 'add', '--all');
  await git(root, 'commit', '-q', '-m', 'One');
  await writeTree(root, { 'notes.txt': 'more' });
  await requireCommitted({ root, run }, 'dev');

  await writeTree(root, { '.sops.yaml': '', 'clusters/dev/secrets/a b.yaml': '' });

  await expect(requireCommitted({ root, run }, 'dev')).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    hint: "git add .sops.yaml 'clusters/dev/secrets/a b.yaml' && git commit, or: git stash --include-untracked",
  });
});
