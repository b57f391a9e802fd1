import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exists, listFiles, readText } from '../ports/files.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { loadEnvironments } from '../values/load-environment.ts';
import { applyRender, type Change, planRender } from './plan-render.ts';

const dev = { 'clusters/dev/values.yaml': 'apps: { backfill: { enabled: false } }\n' };
const prod = { 'clusters/prod/values.yaml': 'sizing: production\napps: { backfill: { enabled: false } }\n' };
const config = 'apps/trades/overlays/dev/config.yaml';

async function plan(root: string, names: string[] = [], force = false): Promise<Change[]> {
  return planRender({ root }, await loadEnvironments({ root }, names), { force });
}

/** A repository with everything rendered. */
async function rendered(files: Record<string, string>): Promise<string> {
  const root = await copiedRepository(files);
  await applyRender({ root }, await plan(root));
  return root;
}

function summary(changes: readonly Change[]): string[] {
  return changes.filter(({ change }) => change !== 'same').map(({ change, path }) => `${change} ${path}`);
}

describe('planRender', () => {
  it('creates everything at first, and changes nothing after it was applied', async () => {
    const root = await copiedRepository(dev);
    const first = await plan(root);
    expect(new Set(first.map(({ change }) => change))).toEqual(new Set(['create']));

    await applyRender({ root }, first);

    expect(summary(await plan(root))).toEqual([]);
    const wanted = first.find(({ path }) => path === config)?.content;
    expect(await readText(join(root, config))).toBe(wanted);
    expect((await listFiles(root)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('deletes the files and folders of an app that was switched off', async () => {
    const root = await rendered(dev);
    await changeTree(root, {
      'clusters/dev/values.yaml': 'apps: { backfill: { enabled: false }, trades: { enabled: false } }\n',
    });

    const changes = await plan(root);
    await applyRender({ root }, changes);

    expect(summary(changes)).toEqual([
      'delete apps/trades/overlays/dev/config.yaml',
      'delete apps/trades/overlays/dev/deployment.yaml',
      'delete apps/trades/overlays/dev/kustomization.yaml',
      'delete clusters/dev/flux/trades.yaml',
    ]);
    expect(await exists(join(root, 'apps/trades/overlays'))).toBe(false);
    expect(await exists(join(root, 'apps/trades/base'))).toBe(true);
  });

  it('deletes the files of an app whose template folder is gone', async () => {
    const root = await rendered(dev);
    await changeTree(root, {
      'templates/apps/trades': undefined,
      'platform.yaml':
        'client: acme\nregistry: ghcr.io/x\ndefaults: { apps: { backfill: { image: { tag: 0.1.0 } }, prediction-api: { image: { tag: 0.1.0 } } } }\n',
    });

    expect(summary(await plan(root))).toContain('delete apps/trades/overlays/dev/kustomization.yaml');
  });

  it('deletes the files of a removed environment only when all environments are rendered', async () => {
    const root = await rendered({ ...dev, ...prod });
    await changeTree(root, {
      'clusters/prod/values.yaml': undefined,
      'clusters/stage/values.yaml': dev['clusters/dev/values.yaml'],
    });

    expect(summary(await plan(root, ['dev']))).toEqual([]);
    expect(summary(await plan(root))).toEqual(
      expect.arrayContaining([
        'delete apps/trades/overlays/prod/config.yaml',
        'delete clusters/prod/flux/trades.yaml',
      ]),
    );
  });

  it('leaves the files of other environments alone', async () => {
    const root = await rendered({ ...dev, ...prod });
    await changeTree(root, {
      'platform.yaml':
        'client: acme\nregistry: ghcr.io/other\ndefaults: { apps: { trades: { image: { tag: 0.2.0 } }, backfill: { image: { tag: 0.1.0 } }, prediction-api: { image: { tag: 0.1.0 } } } }\n',
    });

    expect(summary(await plan(root, ['prod']))).toEqual([
      'update apps/prediction-api/overlays/prod/kustomization.yaml',
      'update apps/trades/overlays/prod/kustomization.yaml',
    ]);
  });

  it('refuses hand-edited files with their lines, all at once, unless forced', async () => {
    const root = await rendered(dev);
    const text = await readText(join(root, config));
    await changeTree(root, {
      [config]: text.replace('KAFKA_TOPIC: "trades"', 'KAFKA_TOPIC: "mine"'),
      'clusters/dev/flux/extra.yaml': 'kind: Mine\n',
    });
    const line = text.split('\n').findIndex((one) => one.includes('KAFKA_TOPIC')) + 1;

    await expect(plan(root)).rejects.toMatchObject({
      code: 'RENDERED_FILE_EDITED',
      message: `${config}, line ${line} was edited by hand (and 1 more); rendering would lose it`,
      details: [
        { place: { file: config, line }, message: 'edited by hand' },
        { place: { file: 'clusters/dev/flux/extra.yaml', line: 1 } },
      ],
    });
    expect(summary(await plan(root, [], true))).toEqual([
      `update ${config}`,
      'delete clusters/dev/flux/extra.yaml',
    ]);
  });

  it('takes a file that a merge restored to what is rendered for untouched', async () => {
    const root = await rendered(dev);
    await changeTree(root, { [config]: await readText(join(root, config)) });

    expect(summary(await plan(root))).toEqual([]);
  });
});
