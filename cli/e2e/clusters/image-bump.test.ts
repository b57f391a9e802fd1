import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram, type BuiltProgram } from '../../testing/built-program.ts';
import { documentProblems } from '../../testing/json-documents.ts';
import { registryProgram, startRegistry } from '../../testing/registry.ts';

const values = 'clusters/stage/values.yaml';
const environmentOfAda = {
  HTTPS_PROXY: 'http://127.0.0.1:1', // no registry of the world is asked
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.test',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.test',
};
let program: BuiltProgram;
let begin: string;

beforeAll(async () => {
  await registryProgram();
  program = await builtProgram();
  begin = (await program.git('rev-parse', 'HEAD')).trim();
});
afterAll(async () => program.dispose());
afterEach(async () => {
  await program.git('reset', '--quiet', '--hard', begin);
});

async function bump(...args: string[]): Promise<{ code: number | null; document: Record<string, unknown> }> {
  const { code, stdout } = await program.run(['--json', 'image', 'bump', ...args], { env: environmentOfAda });
  expect(documentProblems(stdout), stdout).toEqual([]);
  return { code, document: JSON.parse(stdout) as Record<string, unknown> };
}

const edit = async (path: string, change: (text: string) => string): Promise<void> => {
  const file = join(program.root, path);
  await writeFile(file, change(await readFile(file, 'utf8')));
};

describe('platform image bump', () => {
  it('writes the tag at its place, renders, and commits that and nothing else', async () => {
    await writeFile(join(program.root, 'README.md'), 'staged by somebody\n');
    await program.git('add', 'README.md');

    const { code, document } = await bump('trades', 'stage', '0.2.0');

    expect({ code, document }).toMatchObject({
      code: 0,
      document: {
        warnings: [],
        data: {
          from: 'ghcr.io/example/trades:0.1.0',
          to: 'ghcr.io/example/trades:0.2.0',
          paths: [values, 'apps/trades/overlays/stage/kustomization.yaml'],
          commit: (await program.git('rev-parse', 'HEAD')).trim(),
        },
      },
    });
    expect(await program.git('show', '--format=%s', '--stat=200', 'HEAD')).toMatch(
      /^stage: run trades 0\.2\.0\n\n apps\/trades\/overlays\/stage\/kustomization\.yaml .*\n clusters\/stage\/values\.yaml +\| 2 \+-\n 2 files/,
    );
    expect(await program.git('status', '--porcelain')).toBe('A  README.md\n');
    expect(await program.run(['render', '--check'])).toMatchObject({ code: 0 });

    expect(await bump('trades', 'stage', '0.2.0')).toMatchObject({
      code: 0,
      document: { data: { paths: [] } },
    });
  });

  it('takes an app from its demo to an image', async () => {
    const { document } = await bump('trades', 'dev', '0.2.0');

    expect(document['data']).toMatchObject({
      from: expect.stringMatching(/^platform\.local\/trades:0\.0\.0-demo\./) as string,
      to: 'ghcr.io/example/trades:0.2.0',
    });
    expect(await readFile(join(program.root, 'clusters/dev/values.yaml'), 'utf8')).toContain(
      '    productIds: [BTC/USD, ETH/USD, SOL/USD]\n    image: { tag: 0.2.0 }\n',
    );
  });

  it('writes nothing in a dry run, and for what is no tag', async () => {
    expect(await bump('trades', 'stage', '0.2.0', '--dry-run')).toMatchObject({ code: 0 });
    expect(await bump('trades', 'stage', 'latest')).toMatchObject({
      code: 2,
      document: {
        error: { code: 'VALUES_INVALID', details: [{ file: values, line: 10, column: 19 }] },
      },
    });
    expect(await program.git('status', '--porcelain')).toBe('');
  });

  it.each([
    [
      'edited values',
      ['trades', 'stage', '0.2.0'],
      'GIT_UNUSABLE',
      /^clusters\/stage\/values\.yaml is not committed/,
    ],
    ['no tag', ['trades', 'stage'], 'USAGE', /either a tag or --latest/],
    ['both', ['trades', 'stage', '0.2.0', '--latest'], 'USAGE', /either a tag or --latest/],
    ['an app that is none', ['trads', 'stage', '0.2.0'], 'APP_UNKNOWN', /no app trads/],
  ])('refuses %s', async (_, args, code, says) => {
    await edit(values, (text) => `${text}# mine\n`);

    expect(await bump(...args)).toMatchObject({
      document: { error: { code, message: expect.stringMatching(says) as string } },
    });
  });

  it('--latest takes the highest tag of a real registry that the range of the environment allows', async () => {
    const registry = await startRegistry();
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const digest = await registry.pushBlob('team/trades', Buffer.from('{}'));
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 };
    const manifest = { schemaVersion: 2, mediaType, config, layers: [] };
    for (const tag of ['0.1.0', '0.9.0', '0.10.0', '1.0.0-beta.20260131', 'latest'])
      await registry.pushManifest('team/trades', manifest, tag);
    await edit('platform.yaml', (text) => text.replace('ghcr.io/example', `${registry.host}/team`));
    await edit(values, (text) =>
      text.replace('trades:\n    image: { tag: 0.1.0 }', 'trades:\n    image: { tag: 0.1.0, range: ~0.9.0 }'),
    );
    await program.run(['render']);
    await program.git('commit', '--quiet', '--all', '--message', 'A registry');

    const to = async (environment: string): Promise<unknown> =>
      (await bump('trades', environment, '--latest')).document['data'];
    const image = `${registry.host}/team/trades`;
    expect(await to('dev')).toMatchObject({ to: `${image}:1.0.0-beta.20260131` });
    expect(await to('stage')).toMatchObject({ to: `${image}:0.9.0` });

    const warnings = async (tag: string): Promise<unknown> =>
      (await bump('trades', 'stage', tag, '--dry-run')).document['warnings'];
    expect(await warnings('0.10.0')).toEqual([]);
    expect(await warnings('0.11.0')).toEqual([
      `${registry.host} has no ${image}:0.11.0, so pods cannot pull it (ImagePullBackOff) until it is pushed: platform image push trades --env stage --tag 0.11.0`,
    ]);
    expect((await bump('backfill', 'stage', '--latest')).document['error']).toMatchObject({
      code: 'IMAGE_MISSING',
    });
  });
});
