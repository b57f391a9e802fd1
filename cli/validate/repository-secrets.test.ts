import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitIn } from '../ports/git.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { findRepositorySecrets, withRepositoryFindings } from './repository-secrets.ts';

const run = realRun();
const key = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
const plain =
  'apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: ml }\nstringData:\n  password: hunter2\n';
const encrypted = (...recipients: string[]): string =>
  'apiVersion: v1\nkind: Secret\nmetadata: { name: db, namespace: ml }\nstringData: { password: "ENC[x]" }\nsops:\n  age:\n' +
  recipients.map((recipient) => `    - recipient: ${recipient}\n`).join('');
const values = (recipient: string): string => `secrets: { recipients: [${recipient}] }\n`;

async function repository(files: Record<string, string>): Promise<string> {
  const root = await temporaryTree({
    'clusters/dev/values.yaml': '',
    'clusters/prod/values.yaml': '',
    ...files,
  });
  await gitIn(run, root).run(['init', '--quiet']);
  return root;
}

it('finds a key and a plain Secret in files that git would take, and names no value', async () => {
  const root = await repository({
    '.gitignore': 'ignored.txt\n',
    'ignored.txt': key,
    'notes.txt': `\nmine: ${key}\n`,
    'apps/web/base/unused.yaml': `kind: Other\n---\n${plain}`,
    'docs/example.yaml': plain,
    'clusters/dev/secrets/db.yaml': encrypted('age1a'),
  });

  const found = await findRepositorySecrets({ root, run });

  expect(found).toMatchObject([
    {
      code: 'SECRET_PLAINTEXT',
      object: 'Secret/ml/db',
      message: 'stringData.password is not encrypted',
      place: { file: 'apps/web/base/unused.yaml', line: 7 },
    },
    { code: 'SECRET_KEY_COMMITTED', place: { file: 'notes.txt', line: 2 } },
  ]);
  expect(JSON.stringify(found)).not.toMatch(/hunter2|QQQ/);
});

it('looks at what the next commit would hold where it is asked to', async () => {
  const root = await repository({ 'a.txt': key });
  expect(await findRepositorySecrets({ root, run }, true)).toEqual([]);
  await gitIn(run, root).run(['add', 'a.txt']);
  await writeFile(join(root, 'a.txt'), 'harmless now');

  expect(await findRepositorySecrets({ root, run }, true)).toMatchObject([{ code: 'SECRET_KEY_COMMITTED' }]);
  expect(await findRepositorySecrets({ root, run })).toEqual([]);
});

it('looks at the index that git prepares the commit in, which is not the usual one for `git commit -a`', async () => {
  const root = await repository({ 'a.txt': 'harmless' });
  const git = gitIn(run, root);
  await git.run(['add', 'a.txt']);
  await writeFile(join(root, 'a.txt'), key);
  const index = join(root, '.git/index.lock');
  await copyFile(join(root, '.git/index'), index);
  await git.run(['add', 'a.txt'], { env: { GIT_INDEX_FILE: index } });

  expect(await findRepositorySecrets({ root, run }, true)).toEqual([]);
  expect(await findRepositorySecrets({ root, run }, true, index)).toMatchObject([
    { code: 'SECRET_KEY_COMMITTED' },
  ]);
});

it.each([
  [
    'a comment behind it',
    'apiVersion: v1\nkind: Secret # db\nmetadata: { name: db }\nstringData: { a: b }\n',
    4,
  ],
  ['Windows line ends', plain.replaceAll('\n', '\r\n'), 5],
  ['one line', '{ apiVersion: v1, kind: Secret, metadata: { name: db }, data: { a: Yg== } }\n', 1],
  ['a list', `apiVersion: v1\nkind: List\nitems:\n  - ${plain.trim().replaceAll('\n', '\n    ')}\n`, 8],
])('finds a plain Secret with %s', async (_how, text, line) => {
  const root = await repository({ 'apps/web/base/secret.yaml': text });
  expect(await findRepositorySecrets({ root, run })).toMatchObject([
    { code: 'SECRET_PLAINTEXT', place: { file: 'apps/web/base/secret.yaml', line } },
  ]);
});

it('finds a plain Secret in JSON', async () => {
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db' },
    data: { a: 'Yg==' },
  });
  const root = await repository({ 'apps/web/base/secret.json': text });
  expect(await findRepositorySecrets({ root, run })).toMatchObject([{ code: 'SECRET_PLAINTEXT' }]);
});

it('finds files for another key than the values name, and one key in two environments', async () => {
  const root = await repository({
    'clusters/dev/values.yaml': values('age1dev'),
    'clusters/dev/secrets/a.yaml': encrypted('age1dev', 'age1old'),
    'clusters/dev/secrets/b.yaml': encrypted('age1dev'),
    'clusters/prod/values.yaml': values('age1dev'),
  });

  expect(await findRepositorySecrets({ root, run })).toMatchObject([
    {
      code: 'SECRET_KEY_SHARED',
      message: 'dev and prod have the same age key, age1dev',
      hint: 'platform secrets rotate prod',
      place: { file: 'clusters/prod/values.yaml' },
    },
    {
      code: 'SECRET_RECIPIENT',
      message: 'clusters/dev/secrets/a.yaml is encrypted for age1dev, age1old, and dev has age1dev',
      hint: 'sops updatekeys clusters/dev/secrets/a.yaml',
    },
  ]);
});

it('finds nothing where there is no repository, and fails for nothing', async () => {
  const root = await temporaryTree({ 'clusters/dev/values.yaml': '', 'a.txt': key });
  expect(await findRepositorySecrets({ root, run })).toEqual([]);
});

it('gives each environment its own findings, once, and the first one what belongs to none', () => {
  const finding = (code: string, file: string) =>
    ({ code, severity: 'error', message: '', hint: '', place: { file } }) as const;
  const here = finding('SECRET_PLAINTEXT', 'clusters/dev/secrets/a.yaml');
  const results = ['dev', 'prod'].map((environment) => ({
    environment,
    objectCount: 1,
    findings: environment === 'dev' ? [here] : [],
  }));
  const all = withRepositoryFindings(results, [
    here,
    finding('SECRET_RECIPIENT', 'clusters/prod/secrets/a.yaml'),
    finding('SECRET_RECIPIENT', 'clusters/stage/secrets/a.yaml'),
    finding('SECRET_KEY_COMMITTED', 'clusters/stage/key.txt'),
    finding('SECRET_PLAINTEXT', 'apps/web/base/a.yaml'),
  ]);

  expect(all.map(({ findings }) => findings.map(({ place }) => place?.file))).toEqual([
    ['clusters/stage/key.txt', 'apps/web/base/a.yaml', 'clusters/dev/secrets/a.yaml'],
    ['clusters/prod/secrets/a.yaml'],
  ]);
});
