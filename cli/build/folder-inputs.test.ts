import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { folderInputs } from './folder-inputs.ts';

const base = {
  'base/kustomization.yaml': 'resources: [a.yaml]\n',
  'base/a.yaml': 'a: 1\n',
  'other/b.yaml': 'b: 1\n',
};

async function inputs(kustomization: string): Promise<string[] | undefined> {
  const root = await temporaryTree({ ...base, 'overlay/kustomization.yaml': kustomization });
  const files = await folderInputs(root, ['overlay']);
  return files && [...files.keys()].sort();
}

it('takes whole folders, and every file that a word leads to', async () => {
  expect(await inputs('resources: [../base/]\npatches: [{ path: ../other/b.yaml }]\n')).toEqual([
    'base/a.yaml',
    'base/kustomization.yaml',
    'other/b.yaml',
    'overlay/kustomization.yaml',
  ]);
});

it('takes words for what they are where they are no files', async () => {
  expect(await inputs('images: [{ name: web, newName: ghcr.io/x/web, newTag: 1.0.0 }]\n')).toEqual([
    'overlay/kustomization.yaml',
  ]);
});

it.each([
  'resources: [https://example.org/base?ref=main]',
  'resources: [github.com/example/base]',
  'resources: [git@example.org:base]',
  'resources: [../absent]',
  'resources: [/etc]',
  'patches: [{ path: https://example.org/patch.yaml }]',
  'configMapGenerator: [{ name: a, files: [a=https://example.org/a] }]',
  'configMapGenerator: [{ name: a, envs: [a.env] }]',
  'helmCharts: [{ name: a }]',
  'generators: [a.yaml]',
  'transformers: [a.yaml]',
  'resources: [',
  '[]',
])('gives up on %s', async (kustomization) => {
  expect(await inputs(kustomization)).toBeUndefined();
});

it('gives up on the whole repository, and on what lies outside of it', async () => {
  const root = await temporaryTree({ ...base, 'in/kustomization.yaml': 'resources: [../../..]\n' });

  expect(await folderInputs(root, ['.'])).toBeUndefined();
  expect(await folderInputs(root, ['../x'])).toBeUndefined();
  expect(await folderInputs(root, ['in'])).toBeUndefined();
});
