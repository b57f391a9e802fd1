import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { FolderFailure } from './folder-failure.ts';
import { refuseForeign } from './foreign-inputs.ts';

const base = 'apiVersion: kustomize.config.k8s.io/v1beta1\n';

async function refusal(files: Readonly<Record<string, string>>): Promise<FolderFailure | undefined> {
  const root = await temporaryTree({
    'apps/base/a.yaml': '',
    'apps/base/kustomization.yaml': base,
    ...files,
  });
  try {
    await refuseForeign(root, 'apps/overlay');
    return undefined;
  } catch (error) {
    if (error instanceof FolderFailure) return error;
    throw error;
  }
}

it.each([
  ['resources: [https://example.org/base?ref=v1]', 'https://example.org/base?ref=v1 is fetched', 13],
  ['resources: [github.com/example/base//app?ref=v1]', 'github.com/example/base//app?ref=v1 is fetched', 13],
  ['components: [git@example.org:base]', 'git@example.org:base is fetched', 14],
  ['bases: ["ssh://git@example.org/base"]', 'ssh://git@example.org/base is fetched', 9],
  ['patches: [{ path: https://example.org/p.yaml }]', 'https://example.org/p.yaml is fetched', 19],
  ['configMapGenerator: [{ files: [a=https://example.org/a] }]', 'https://example.org/a is fetched', 32],
  ['resources: [../../../elsewhere]', '../../../elsewhere leads out', 13],
  ['resources: [/etc/a.yaml]', '/etc/a.yaml leads out', 13],
  ['secretGenerator: [{ envs: [../../../.env] }]', '../../../.env leads out', 28],
])('refuses %s', async (line, says, column) => {
  const failure = await refusal({ 'apps/overlay/kustomization.yaml': `${base}${line}\n` });

  expect(failure?.message).toContain(says);
  expect(failure?.place).toEqual({ file: 'apps/overlay/kustomization.yaml', line: 2, column });
  expect(failure?.hint).toContain('apps/overlay/kustomization.yaml, line 2');
});

it('follows folders, also those without a kustomization file', async () => {
  const failure = await refusal({
    'apps/overlay/kustomization.yaml': 'resources: [../loose]\n',
    'apps/loose/inner/kustomization.yaml': 'resources:\n  - ../../base\n  - https://example.org/x\n',
  });

  expect(failure?.place).toEqual({ file: 'apps/loose/inner/kustomization.yaml', line: 3, column: 5 });
});

it.each([
  'resources: [../base, ../base/a.yaml]',
  'resources: [absent.yaml]', // kustomize says so
  'images: [{ name: github.com/example/web, newName: https://example.org }]',
  'patches: [{ target: { kind: Job }, patch: "- path: /spec" }]',
  'commonAnnotations: { path: https://example.org }',
  'configMapGenerator: [{ literals: [url=https://example.org] }]',
  'resources: [', // kustomize says so
])('takes %s', async (line) => {
  expect(await refusal({ 'apps/overlay/kustomization.yaml': `${line}\n` })).toBeUndefined();
});
