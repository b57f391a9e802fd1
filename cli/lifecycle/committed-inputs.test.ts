import { beforeEach, expect, it } from 'vitest';
import { git, gitRun as run } from '../testing/git-repository.ts';
import { temporaryTree, writeTree } from '../testing/temporary-tree.ts';
import { requireCommittedInputs } from './plan-deploy.ts';

let root: string;

beforeEach(async () => {
  root = await temporaryTree({ 'templates/a.njk': 'a', '.sops.yaml': 'creation_rules: []\n' });
  await git(root, 'init', '-q');
  await git(root, 'add', '--all');
  await git(root, 'commit', '-q', '-m', 'One');
});

it('names .sops.yaml with the secrets that are not committed, and not with anything else', async () => {
  await writeTree(root, { '.sops.yaml': 'creation_rules: [{}]\n' });
  await requireCommittedInputs({ root, run }, 'dev');

  await writeTree(root, { 'templates/a.njk': 'b' });
  await expect(requireCommittedInputs({ root, run }, 'dev')).rejects.toMatchObject({
    code: 'GIT_UNUSABLE',
    hint: 'git add templates && git commit',
  });

  await writeTree(root, { 'clusters/dev/secrets/a.yaml': '', 'clusters/dev/secrets/b.yaml': '' });
  await expect(requireCommittedInputs({ root, run }, 'dev')).rejects.toMatchObject({
    hint: 'git add .sops.yaml templates clusters/dev/secrets && git commit',
  });
});

it('names no .sops.yaml that is as it was', async () => {
  await writeTree(root, { 'clusters/dev/secrets/a.yaml': '' });

  await expect(requireCommittedInputs({ root, run }, 'dev')).rejects.toMatchObject({
    hint: 'git add clusters/dev/secrets && git commit',
  });
});
