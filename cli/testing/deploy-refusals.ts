import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Refusal, Site } from './refusal.ts';

// What `deploy` and `bootstrap` have to refuse while the cluster of dev runs.
const values = 'clusters/dev/values.yaml';
const template = 'templates/apps/trades/overlays/config.yaml.njk';

const refuses = (title: string, rest: Pick<Refusal, 'says' | 'hint'> & Partial<Refusal>): Refusal => ({
  title,
  args: ['deploy', 'dev', '--yes'],
  exitCode: 2,
  code: 'GIT_UNUSABLE',
  ...rest,
});

/** Starts something that stops in the middle, and leaves the files as they were. */
const half = (...command: string[]): Pick<Refusal, 'arrange'> => ({
  arrange: async ({ root, git }) => {
    for (const [branch, text] of [
      ['other', 'theirs'],
      ['main', 'ours'],
    ] as const) {
      git('checkout', '-q', '-B', branch, branch === 'main' ? 'main' : 'HEAD');
      await writeFile(join(root, 'notes.txt'), text);
      git('add', '--all');
      git('commit', '-q', '-m', text);
    }
    expect(() => git(...command)).toThrow();
  },
});

const inTheMiddle: readonly Refusal[] = [
  refuses('in the middle of a merge', {
    ...half('merge', 'other'),
    says: 'a merge is in progress',
    hint: 'git commit  # or: git merge --abort',
  }),
  refuses('in the middle of a rebase', {
    ...half('rebase', 'other'),
    says: 'a rebase is in progress',
    hint: 'git rebase --continue  # or: git rebase --abort',
  }),
  refuses('in the middle of applying patches', {
    arrange: async ({ write }) => write('.git/rebase-apply/applying', ''),
    says: 'a rebase is in progress',
    hint: 'git rebase --abort',
  }),
  refuses('in the middle of a cherry-pick', {
    ...half('cherry-pick', 'other'),
    says: 'a cherry-pick is in progress',
    hint: 'git cherry-pick --continue  # or: git cherry-pick --abort',
  }),
  refuses('in the middle of a revert', {
    arrange: async (site) => {
      await half('merge', '--no-such-flag').arrange?.(site);
      await site.write('notes.txt', 'more');
      site.git('commit', '-q', '--all', '-m', 'More');
      expect(() => site.git('revert', '--no-edit', 'HEAD~1')).toThrow();
    },
    says: 'a revert is in progress',
    hint: 'git revert --continue  # or: git revert --abort',
  }),
  refuses('in the middle of a bisect', {
    arrange: async ({ git }) => {
      git('bisect', 'start', 'HEAD', 'HEAD~1');
      return Promise.resolve(git('checkout', '-q', '--detach', 'HEAD'));
    },
    says: 'a bisect is in progress',
    hint: 'git bisect reset',
  }),
  refuses('a merge with conflicts in the values', {
    arrange: async ({ write }) => write(values, '<<<<<<< HEAD\nsizing: small\n=======\n'),
    code: 'VALUES_SYNTAX',
    place: `${values}:1:1`,
    says: /cannot be read/,
    hint: `Edit ${values}`,
  }),
];

const clones: readonly Refusal[] = [
  refuses('a detached HEAD', {
    arrange: async ({ git }) => Promise.resolve(git('checkout', '-q', '--detach')),
    says: /HEAD is detached at \w{7}/,
    hint: 'git switch main',
  }),
  refuses('a lock of the index that somebody left', {
    arrange: async ({ write }) => write('.git/index.lock', ''),
    says: 'another git command is changing this clone',
    hint: /If no git is running: rm '.*\/\.git\/index\.lock'/,
  }),
  refuses('nobody who commits', {
    arrange: async ({ git }) => {
      git('config', '--unset', 'user.email');
      return Promise.resolve(git('config', 'user.useConfigOnly', 'true'));
    },
    says: 'git does not know who commits',
    hint: 'git config --global user.name',
  }),
  refuses('a template that is edited, not committed', {
    arrange: async ({ root }) => writeFile(join(root, template), '# more\n', { flag: 'a' }),
    says: `${template} would be part of what is deployed`,
    hint: 'git add templates && git commit',
  }),
  refuses('a template that is staged, not committed', {
    arrange: async ({ root, git }) => {
      await writeFile(join(root, template), '# more\n', { flag: 'a' });
      git('add', template);
    },
    says: `${template} would be part of what is deployed`,
    hint: 'git add templates && git commit',
  }),
  refuses('a base that is not tracked', {
    arrange: async ({ write }) => write('apps/trades/base/new.yaml', 'a: b\n'),
    says: 'apps/trades/base/new.yaml would be part of what is deployed',
    hint: 'git add apps/trades && git commit',
  }),
  refuses('a rendered file that was edited', {
    arrange: async ({ root }) =>
      writeFile(join(root, 'apps/trades/overlays/dev/config.yaml'), '# more\n', { flag: 'a' }),
    code: 'RENDERED_FILE_EDITED',
    says: /apps\/trades\/overlays\/dev\/config\.yaml/,
    hint: /./,
  }),
  refuses('a remote that points elsewhere', {
    arrange: async ({ git }) => Promise.resolve(git('remote', 'set-url', 'dev', '/elsewhere.git')),
    says: "the git remote dev points at /elsewhere.git, not at the cluster's repository",
    hint: 'git remote rename dev dev-old',
  }),
  refuses('a history that was rewritten', {
    arrange: async ({ git }) => Promise.resolve(git('commit', '-q', '--amend', '-m', 'Rewritten')),
    code: 'GIT_PUSH_REJECTED',
    says: 'main of dev has commits that this clone lacks',
    hint: 'git pull --rebase --autostash dev main',
  }),
  refuses('a clone that lacks what runs', {
    arrange: async ({ git }) => {
      git('reset', '-q', '--hard', 'HEAD~1');
      git('update-ref', '-d', 'refs/remotes/dev/main');
      git('reflog', 'expire', '--expire=now', '--all');
      return Promise.resolve(git('gc', '-q', '--prune=now'));
    },
    code: 'GIT_PUSH_REJECTED',
    says: /dev runs \w{7}, a commit that this clone lacks/,
    hint: 'git pull --rebase --autostash dev main',
  }),
  refuses('another repository of the same client', {
    arrange: async ({ git }) => {
      git('checkout', '-q', '--orphan', 'new');
      git('commit', '-q', '-m', 'New');
      return Promise.resolve(git('branch', '-q', '-M', 'main'));
    },
    code: 'CLUSTER_FOREIGN',
    says: 'belong to another repository',
    hint: /Name another client/,
  }),
];

/** The one thing to deploy; what is rendered from it stays when git makes no commit. */
const change = async ({ edit }: Site): Promise<void> => edit(values, 'BTC/USD, ', '');
const kept = /^clone\/(\.git\/(index|objects|COMMIT_EDITMSG)|apps\/trades\/overlays\/dev)/;

const commits: readonly Refusal[] = [
  refuses('what a hook of the user refuses', {
    arrange: async (site) => {
      await change(site);
      const hook = '#!/bin/sh\necho "lint: 3 problems"\nexit 1\n';
      await writeFile(join(site.root, '.git/hooks/pre-commit'), hook, { mode: 0o755 });
    },
    says: /git made no commit:\nlint: 3 problems/,
    hint: 'then run the same command again; what was rendered stays',
    touches: kept,
  }),
  refuses('a signature without a key', {
    arrange: async (site) => {
      await change(site);
      site.git('config', 'commit.gpgSign', 'true');
      site.git('config', 'gpg.program', 'false');
    },
    says: /git made no commit:\nerror: gpg failed to sign/,
    hint: 'git config commit.gpgsign false',
    touches: kept,
  }),
];

export const deployRefusals: readonly Refusal[] = [...inTheMiddle, ...clones, ...commits];

export const bootstrapRefusals: readonly Refusal[] = [
  refuses('a context of the same name that is not ours', {
    args: ['bootstrap', 'dev'],
    arrange: async ({ home: other }) =>
      writeFile(
        join(other, 'config'),
        'clusters: [{ name: acme-dev, cluster: { server: "https://example.com" } }]\n',
      ),
    env: ({ home: other }) => ({ KUBECONFIG: join(other, 'config') }),
    code: 'KUBECONFIG_UNUSABLE',
    says: /config has a cluster acme-dev that belongs to something else/,
    hint: 'kubectl config delete-cluster acme-dev --kubeconfig',
  }),
  refuses('a kubeconfig that another program holds', {
    args: ['bootstrap', 'dev'],
    arrange: async ({ home: other }) => writeFile(join(other, 'config.lock'), ''),
    env: ({ home: other }) => ({ KUBECONFIG: join(other, 'config') }),
    code: 'KUBECONFIG_UNUSABLE',
    says: /another program holds the lock of .*config/,
    hint: /If no kubectl is running: rm '.*config\.lock'/,
  }),
  refuses('a kubeconfig in a folder that cannot be made', {
    args: ['bootstrap', 'dev'],
    env: ({ root }) => ({ KUBECONFIG: join(root, 'platform.yaml/config') }),
    code: 'KUBECONFIG_UNUSABLE',
    says: /platform\.yaml\/config cannot be locked for writing/,
    hint: 'Set KUBECONFIG to a file that you may write',
  }),
];
