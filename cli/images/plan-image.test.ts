import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { git, gitRun } from '../testing/git-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { demoTag } from '../values/app-images.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { imageOf, planImage, type ImagePlan, type ImageWish } from './plan-image.ts';

const now = Date.UTC(2026, 0, 31);
const values = 'clusters/dev/values.yaml';

async function committed(root: string): Promise<string> {
  await git(root, 'init', '-q');
  await git(root, 'add', '-A');
  await git(root, 'commit', '-q', '-m', 'Begin');
  return root;
}

async function plan(root: string, wish: Partial<ImageWish> = {}, app = 'trades'): Promise<ImagePlan> {
  const clock = { now: () => now, elapsed: () => 0, sleep: async () => undefined };
  return planImage({ root, run: gitRun, clock }, app, { environment: 'dev', platforms: [], ...wish });
}

describe('the plan for an image', () => {
  it('is the demo under the name that rendering gives it, committed or not', async () => {
    const root = await committed(
      await copiedRepository({ [values]: '{}\n', 'package.json': '{ "license": "Apache-2.0" }' }),
    );
    await changeTree(root, { 'apps/trades/demo/more.go': 'package main\n' });

    expect(await plan(root)).toMatchObject({
      image: `platform.local/trades:${demoTag(root, 'trades') ?? ''}`,
      kind: 'demo',
      folder: join(root, 'apps/trades/demo'),
      labels: {
        'org.opencontainers.image.title': 'trades',
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}-dirty$/) as string,
        'org.opencontainers.image.created': expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      },
    });
  });

  it.each([
    ['<registry>/<app>', '{}\n', 'ghcr.io/example/trades:0.1.5-beta.20260131'],
    [
      'what values name',
      'apps: { trades: { image: { repository: x.io/t, tag: 1.0.0 } } }\n',
      'x.io/t:0.1.5-beta.20260131',
    ],
  ])('is %s for a source of your own', async (_, text, image) => {
    const root = await copiedRepository({ [values]: text });
    const context = await committed(await temporaryTree({ Dockerfile: 'FROM scratch\n' }));

    expect(await plan(root, { context, tag: '0.1.5', pre: 'beta' })).toMatchObject({
      image,
      kind: 'context',
      folder: context,
    });
  });

  it('refuses a release of files that nobody committed, and takes them for a build that stays here', async () => {
    const root = await copiedRepository({ [values]: '{}\n' });
    const context = await committed(await temporaryTree({ Dockerfile: 'FROM scratch\n' }));
    await changeTree(context, { 'new file': '' });

    await expect(plan(root, { context, tag: '0.1.5' })).rejects.toMatchObject({
      code: 'GIT_UNUSABLE',
      message: 'ghcr.io/example/trades:0.1.5 could not be built again: new file is not committed',
      hint: 'Commit it first; or build what stays on this machine: --tag 0.1.5 --pre dev',
    });
    expect(await plan(root, { context, tag: '0.1.5', pre: 'dev' })).toMatchObject({
      image: 'ghcr.io/example/trades:0.1.5-dev.20260131',
    });
  });

  it.each([
    ['an app that is none', 'trads', {}, 'APP_UNKNOWN', 'Did you mean trades?'],
    [
      'a context without a version',
      'trades',
      { context: '/nowhere' },
      'IMAGE_TAG_INVALID',
      'platform image build trades --env dev --context /nowhere --tag 0.1.0',
    ],
    [
      'a folder without a Dockerfile',
      'trades',
      { context: '/nowhere', tag: '1.0.0' },
      'FILE_UNUSABLE',
      'Name the folder of a Dockerfile: --context <folder>',
    ],
    [
      'an app without a demo',
      'backfill',
      {},
      'FILE_UNUSABLE',
      'Name the folder of its source: platform image build backfill --context <folder> --tag 0.1.0',
    ],
  ])('refuses %s', async (_, app, wish, code, hint) => {
    const root = await copiedRepository({
      [values]: 'apps: { backfill: { image: { tag: 1.0.0 } } }\n',
      'apps/backfill/demo': undefined,
    });

    await expect(plan(root, wish, app)).rejects.toMatchObject({ code, hint });
  });
});

describe('the image of an app in an environment', () => {
  it('is what values give, or another tag of its own repository', async () => {
    const root = await copiedRepository({
      [values]: 'apps: { backfill: { enabled: false }, trades: { image: { tag: 1.0.0 } } }\n',
    });
    const environment = await loadEnvironment({ root }, 'dev');

    expect(await imageOf(root, environment, 'trades')).toBe('ghcr.io/example/trades:1.0.0');
    expect(await imageOf(root, environment, 'prediction-api', '2.0.0')).toBe(
      'ghcr.io/example/prediction-api:2.0.0',
    );
    await expect(imageOf(root, environment, 'backfill')).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      hint: `Set apps.backfill.enabled: true in ${values}`,
    });
  });
});
