import { rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { atSite, expectRefusal, type Refusal, type Site } from '../../testing/refusal.ts';

let program: BuiltProgram;
beforeAll(async () => (program = await builtProgram()), 60_000);
afterAll(async () => program.dispose());

/** What `bootstrap` finds out before it does anything; it would publish HEAD. */
const unusable = (title: string, rest: Pick<Refusal, 'says' | 'hint'> & Partial<Refusal>): Refusal => ({
  title,
  args: ['bootstrap', 'dev', '--dry-run'],
  exitCode: 2,
  code: 'GIT_UNUSABLE',
  ...rest,
});

const repositories: Refusal[] = [
  unusable('a folder without a repository', {
    arrange: async ({ root }) => rm(join(root, '.git'), { recursive: true }),
    says: 'is not a git repository',
    hint: 'git init -b main && git add -A && git commit -m "Start"',
  }),
  unusable('a diff where there is no repository', {
    arrange: async ({ root }) => rm(join(root, '.git'), { recursive: true }),
    args: ['diff', 'dev'],
    says: 'is not a git repository',
    hint: 'git init -b main',
  }),
  unusable('a repository without a commit', {
    arrange: async ({ git }) => Promise.resolve(git('update-ref', '-d', 'HEAD')),
    says: 'the repository has no commit yet',
    hint: 'git add -A && git commit -m "Start"',
  }),
  unusable('a diff where there is no commit', {
    arrange: async ({ git }) => Promise.resolve(git('update-ref', '-d', 'HEAD')),
    args: ['diff', 'dev'],
    says: /no commit/,
    hint: /git add -A && git commit/,
  }),
  unusable('a HEAD that is damaged', {
    arrange: async ({ write }) => write('.git/HEAD', 'garbage\n'),
    says: /\.git is damaged/,
    hint: /echo "ref: refs\/heads\/main" > '.*\/\.git\/HEAD'/,
  }),
  unusable('a HEAD that names a branch which is gone', {
    arrange: async ({ git }) => Promise.resolve(git('symbolic-ref', 'HEAD', 'refs/heads/gone')),
    says: /gone/,
    hint: /git switch main/,
  }),
  unusable('a branch whose commit is gone', {
    arrange: async ({ write, git }) => {
      git('pack-refs', '--all');
      await write('.git/refs/heads/main', `${'1'.repeat(40)}\n`);
    },
    says: 'HEAD is at 1111111, a commit that this clone has lost',
    hint: /git fsck/,
  }),
  unusable('a repository of somebody else', {
    env: () => ({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }),
    says: 'belongs to another user',
    hint: /git config --global --add safe\.directory '.*clone'/,
  }),
  unusable('a folder inside of another repository', {
    arrange: async ({ root, git }) => {
      await rm(join(root, '.git'), { recursive: true });
      git('init', '-q', '..');
    },
    says: 'is a folder inside another git repository',
    hint: 'Clone the platform repository by itself',
  }),
  unusable('a repository that is bare, with files beside it', {
    arrange: async ({ git }) => Promise.resolve(git('config', 'core.bare', 'true')),
    says: /bare/,
    hint: /git config core\.bare false/,
  }),
  unusable('a bare repository', {
    arrange: async ({ root, git }) => Promise.resolve(git('clone', '-q', '--bare', root, '../bare.git')),
    from: ({ root }) => join(root, '../bare.git'),
    code: 'NOT_A_PLATFORM',
    says: 'there is no platform.yaml',
    hint: 'platform -C <folder>',
  }),
  unusable('a base that conflicts', {
    arrange: async ({ edit }) =>
      edit(
        'apps/trades/base/deployment.yaml',
        'kind: Deployment',
        '<<<<<<< HEAD\nkind: Deployment\n=======\nkind: Job\n>>>>>>> other',
      ),
    args: ['validate', 'dev'],
    code: 'BUILD_FAILED',
    says: /deployment\.yaml/,
    hint: /./,
  }),
  unusable('a git configuration that cannot be read', {
    arrange: async ({ write }) => write('.git/config', '[core\n'),
    says: /bad config line 1/,
    hint: /Mend what git names; see .*\.git\/config/,
  }),
  unusable('an index that is damaged', {
    arrange: async ({ write }) => write('.git/index', 'garbage garbage garbage'),
    says: /index/,
    hint: /git reset/,
  }),
  unusable('a revision that does not exist', {
    args: ['diff', 'dev', '--base', 'v9'],
    says: 'there is no commit v9',
    hint: 'git log --oneline --all',
  }),
  unusable('a revision that looks like a flag', {
    args: ['diff', 'dev', '--base=--output=x'],
    says: 'there is no commit --output=x',
    hint: 'git log --oneline --all',
  }),
  unusable('an environment that was never committed', {
    arrange: async ({ root }) => {
      const run = await program.run(['env', 'new', 'qa', '--from', 'dev'], { cwd: root });
      if (run.code !== 0) throw new Error(run.stderr);
    },
    args: ['bootstrap', 'qa', '--dry-run'],
    says: /clusters\/qa.*not committed/,
    hint: /git add .*git commit/,
  }),
  unusable('an app whose base is a submodule', {
    arrange: async ({ root, git }) => {
      const base = join(root, 'apps/trades/base');
      git('rm', '-q', '-r', '--cached', 'apps/trades/base');
      git('-C', base, 'init', '-q');
      git('-C', base, 'add', '-A');
      git('-C', base, 'commit', '-q', '-m', 'x');
      git('add', 'apps/trades/base');
      git('commit', '-q', '-m', 'Make it a submodule');
    },
    says: /apps\/trades\/base is a submodule/,
    hint: /git rm --cached apps\/trades\/base/,
  }),
  unusable('a commit that lacks a file which only the clone has', {
    arrange: async ({ write, edit, git }) => {
      await edit('apps/trades/base/kustomization.yaml', 'resources:\n', 'resources:\n  - extra.yaml\n');
      git('commit', '-q', '--all', '-m', 'Refer to it');
      await write(
        'apps/trades/base/extra.yaml',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\n',
      );
    },
    args: ['bootstrap', 'dev'],
    code: 'BUILD_FAILED',
    place: 'apps/trades/base/kustomization.yaml:4',
    says: /apps\/trades\/overlays\/dev as of [0-9a-f]{40}/,
    hint: 'git status --short',
    touches: /^home\//, // the age key is made first
  }),
  unusable('a remote of that name that points elsewhere', {
    arrange: async ({ git }) => Promise.resolve(git('remote', 'add', 'dev', 'https://example.com/x.git')),
    says: 'the git remote dev points at https://example.com/x.git',
    hint: 'git remote rename dev dev-old',
  }),
];

describe.concurrent('refuses', () => {
  for (const refusal of repositories) {
    it(refusal.title, async ({ expect }) => expectRefusal(expect, program, refusal));
  }
});

/** Where nothing is wrong, though it may look so: the clone can be compared with its commit, checked and published. */
const fine: Record<string, (site: Site) => Promise<{ cwd?: string; env?: NodeJS.ProcessEnv }>> = {
  'a detached HEAD': async ({ git }) => {
    git('checkout', '-q', '--detach');
    return Promise.resolve({});
  },
  'a shallow clone': async ({ root, git }) => {
    git('commit', '-q', '--allow-empty', '-m', 'Another');
    git('clone', '-q', '--depth=1', `file://${root}`, '../shallow');
    return Promise.resolve({ cwd: join(root, '../shallow') });
  },
  'a linked worktree': async ({ root, git }) => {
    git('worktree', 'add', '-q', '../tree');
    return Promise.resolve({ cwd: join(root, '../tree') });
  },
  'a clone that is a submodule of another repository': async ({ root, git }) => {
    git('init', '-q', '../outer');
    const allow = ['-c', 'protocol.file.allow=always'];
    git('-C', '../outer', ...allow, 'submodule', '--quiet', 'add', root, 'platform');
    return Promise.resolve({ cwd: join(root, '../outer/platform') });
  },
  'the variables that git exports to hooks': async ({ root }) =>
    Promise.resolve({
      env: {
        GIT_DIR: join(root, 'nowhere'),
        GIT_WORK_TREE: '/',
        GIT_INDEX_FILE: join(root, 'no index'),
        GIT_OBJECT_DIRECTORY: join(root, 'no objects'),
        GIT_PREFIX: 'apps/',
      },
    }),
  'a path with spaces, quotes, a dollar and letters of other alphabets': async ({ root }) => {
    const odd = join(root, `../größe "it's" $HOME 平台`);
    await rename(root, odd);
    return { cwd: odd };
  },
  'branches with slashes, and one named like the environment': async ({ git, edit }) => {
    git('branch', 'dev');
    git('checkout', '-q', '-b', 'feature/dev/x');
    await edit('platform.yaml', 'branch: main', 'branch: feature/dev/x');
    git('commit', '-q', '--all', '-m', 'Follow this branch');
    return {};
  },
  'a lock of the index that somebody holds': async ({ write }) => {
    await write('.git/index.lock', '');
    return {};
  },
  'a git that translates line ends and paints everything': async ({ root, git }) => {
    git('config', 'core.autocrlf', 'true');
    for (const key of ['color.ui', 'color.status']) git('config', key, 'always');
    git('config', 'status.short', 'true');
    git('config', 'core.quotePath', 'true');
    git('config', 'core.pager', 'false');
    await utimes(join(root, 'platform.yaml'), 1, 1);
    return {};
  },
};

describe.concurrent('accepts', () => {
  it.each(Object.entries(fine))('%s', async (_, arrange) =>
    atSite(program, async (site) => {
      const how = await arrange(site);
      for (const args of [
        ['diff', 'dev'],
        ['bootstrap', 'dev', '--dry-run'],
      ]) {
        const { code, stdout, stderr } = await site.run(args, how);
        expect({ args, code, stderr }, stdout).toEqual({ args, code: 0, stderr: '' });
      }
    }),
  );
});
