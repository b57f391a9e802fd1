import { describe, expect, it } from 'vitest';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { demoTag } from './app-images.ts';
import { loadEnvironment } from './load-environment.ts';

const values = 'clusters/dev/values.yaml';
const main = 'apps/trades/demo/main.go';

describe('the image of an app', () => {
  it('is its demo where values name none, with a tag that follows from its source', async () => {
    const root = await copiedRepository({ [values]: 'apps: { trades: { image: } }\n' });
    const imageOf = async (): Promise<unknown> =>
      (await loadEnvironment({ root }, 'dev')).values.apps['trades']?.image;

    const first = demoTag(root, 'trades');
    expect(first).toMatch(/^0\.0\.0-demo\.[0-9a-f]{12}$/);
    expect(await imageOf()).toEqual({ repository: 'platform.local/trades', tag: first });

    await changeTree(root, { [main]: 'package main\n\nfunc main() {}\n' });
    expect(demoTag(root, 'trades')).not.toBe(first);
    expect(await imageOf()).toEqual({
      repository: 'platform.local/trades',
      tag: demoTag(root, 'trades'),
    });
  });

  it.each([
    ['a tag', '{ tag: 1.2.3 }', { repository: 'ghcr.io/example/trades', tag: '1.2.3' }],
    ['a repository too', '{ tag: 1.2.3, repository: x/y }', { repository: 'x/y', tag: '1.2.3' }],
  ])('is what values say where they name %s', async (_, written, expected) => {
    const root = await copiedRepository({ [values]: `apps: { trades: { image: ${written} } }\n` });

    expect((await loadEnvironment({ root }, 'dev')).values.apps['trades']?.image).toEqual(expected);
  });

  it.each([
    ['in the file, where nobody wrote the app', 'protected: false\n', { file: values }],
    ['at the app', 'apps:\n  trades:\n    replicas: 1\n', { file: values, line: 2, column: 3 }],
  ])('is asked for %s when there is neither image nor demo', async (_, text, place) => {
    const root = await copiedRepository({ [values]: text, 'apps/trades/demo': undefined });

    await expect(loadEnvironment({ root }, 'dev')).rejects.toMatchObject({
      code: 'VALUES_INVALID',
      hint: `Write apps.trades: { image: { tag: <version> } } into ${values}, or a demo into apps/trades/demo: main.go, go.mod and Dockerfile`,
      details: [
        {
          place,
          message: 'apps.trades.image is missing, and there is no demo in apps/trades/demo to run instead',
        },
      ],
    });
  });

  it('is not asked for where the app is switched off', async () => {
    const root = await copiedRepository({
      [values]: 'apps: { trades: { enabled: false } }\n',
      'apps/trades/demo': undefined,
    });

    expect((await loadEnvironment({ root }, 'dev')).values.apps['trades']?.image).toBeUndefined();
  });
});

describe('the tag of a demo', () => {
  const tagOf = async (files: Record<string, string>): Promise<string | undefined> =>
    demoTag(await temporaryTree(files), 'trades');

  it('does not change with line ends and hidden files', async () => {
    expect(await tagOf({ [main]: 'a\r\nb\r\n', 'apps/trades/demo/.DS_Store': 'x' })).toBe(
      await tagOf({ [main]: 'a\nb\n' }),
    );
  });

  it('changes with the name of a file, and with where one ends', async () => {
    const tags = await Promise.all([
      tagOf({ [main]: 'ab', 'apps/trades/demo/more.go': 'c' }),
      tagOf({ [main]: 'a', 'apps/trades/demo/more.go': 'bc' }),
      tagOf({ [main]: 'ab', 'apps/trades/demo/other.go': 'c' }),
    ]);
    expect(new Set(tags).size).toBe(3);
  });

  it('is none without files', async () => {
    expect(await tagOf({ 'apps/trades/base/x': '' })).toBeUndefined();
  });
});
