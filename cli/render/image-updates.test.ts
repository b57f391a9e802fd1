import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { automated, setImages } from '../testing/automated-stage.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { goProgram } from '../testing/go-program.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { applyRender, planRender, type Change } from './plan-render.ts';

const values = 'clusters/stage/values.yaml';
const overlay = 'apps/trades/overlays/stage/kustomization.yaml';
const stage = await readFile(join(repositoryRoot, values), 'utf8');
const platform = await readFile(join(repositoryRoot, 'platform.yaml'), 'utf8');

// Built once for each machine.
beforeAll(async () => {
  await goProgram('image-setter');
}, 300_000);

async function plan(root: string): Promise<Change[]> {
  return planRender({ root }, [await loadEnvironment({ root }, 'stage')]);
}
async function rendered(): Promise<string> {
  const root = await copiedRepository({
    [values]: automated(stage),
    'platform.yaml': platform.replace(/# remote: \S+.*/, 'remote: https://git.example.test/platform'),
  });
  await applyRender({ root }, await plan(root));
  return root;
}
const changed = async (root: string): Promise<string[]> =>
  (await plan(root)).filter(({ change }) => change !== 'same').map(({ path, change }) => `${change} ${path}`);
const read = async (root: string, path: string): Promise<string> => readFile(join(root, path), 'utf8');

describe('an image that Flux updates', () => {
  it('has a policy of the range of its environment, which Flux applies when it has defined such kinds', async () => {
    const root = await rendered();
    const objects = parseAllDocuments(await read(root, 'clusters/stage/images/automation.yaml')).map(
      (document) => document.toJS() as { kind: string; metadata: object; spec: object },
    );
    const named = { name: 'trades-stage', namespace: 'flux-system' };
    expect(objects).toMatchObject([
      { kind: 'ImageRepository', metadata: named, spec: { image: 'ghcr.io/example/trades' } },
      { kind: 'ImagePolicy', metadata: named, spec: { policy: { semver: { range: '*' } } } },
      { kind: 'ImageUpdateAutomation', spec: { git: { push: { branch: 'main' } }, update: { path: './' } } },
    ]);
    expect(await read(root, 'clusters/stage/flux/image-automation.yaml')).toContain(
      '  path: "./clusters/stage/images"\n  dependsOn:\n    - name: "flux"\n',
    );
    const itself = await read(root, 'clusters/stage/flux/flux.yaml');
    expect(itself).toContain('name: notification-controller|webhook-receiver|source-watcher\n');
    expect(itself).toContain('name: image-automation-controller, namespace: flux-system');
  });

  it('is changed by Flux in values and overlay, and the tree renders to itself', async () => {
    const root = await rendered();
    await setImages(root, 'flux-system:trades-stage=0.2.0', 'flux-system:trades-prod=9.9.9');

    expect(await read(root, values)).toContain('tag: 0.2.0 # {"$imagepolicy"');
    expect((await read(root, overlay)).match(/"0\.2\.0" # /g)).toHaveLength(2);
    expect(await changed(root)).toEqual([]);
  });

  it('in an overlay that was edited by hand beside it is found', async () => {
    const root = await rendered();
    await changeTree(root, { [overlay]: (await read(root, overlay)).replace('count: 1', 'count: 5') });
    await setImages(root, 'flux-system:trades-stage=0.2.0');

    await expect(plan(root)).rejects.toMatchObject({
      code: 'RENDERED_FILE_EDITED',
      details: [{ place: { file: overlay, line: 18 }, message: 'edited by hand' }],
    });
  });

  it('no longer leaves its objects and markers when values say so', async () => {
    const root = await rendered();
    await changeTree(root, { [values]: stage });

    expect(await changed(root)).toEqual([
      `update ${overlay}`,
      'update clusters/stage/flux/flux.yaml',
      'delete clusters/stage/flux/image-automation.yaml',
      'delete clusters/stage/images/automation.yaml',
    ]);
  });

  it('whose tag a template prints with something behind it is refused, with the line', async () => {
    const root = await rendered();
    const template = 'templates/apps/trades/overlays/kustomization.yaml.njk';
    const text = await read(root, template);
    const tag = 'newTag: #{ app.image.tag | dump }#';
    await changeTree(root, { [template]: text.replace(tag, `${tag} # mine`) });

    await expect(plan(root)).rejects.toMatchObject({
      code: 'TEMPLATE_FAILED',
      message: expect.stringContaining('not the whole value of one line: newTag: "0.1.0" # mine') as string,
    });
  });
});
