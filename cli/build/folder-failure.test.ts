import { describe, expect, it } from 'vitest';
import { smallTree } from '../testing/flux-tree.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { buildEnvironment } from './build-environment.ts';

const cases: { title: string; files: Record<string, string>; place: object; message: string }[] = [
  {
    title: 'a resource that is not there: the line that lists it',
    files: { 'apps/web/base/kustomization.yaml': 'resources:\n  - config.yaml\n  - gone.yaml\n' },
    place: { file: 'apps/web/base/kustomization.yaml', line: 3 },
    message: 'apps/web/base/gone.yaml does not exist',
  },
  {
    title: 'broken YAML in a base: the line where it breaks',
    files: { 'apps/web/base/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n bad\n' },
    place: { file: 'apps/web/base/config.yaml', line: 5 },
    message: 'did not find expected key',
  },
  {
    title: 'an unknown field of a kustomization file',
    files: { 'apps/web/overlays/dev/kustomization.yaml': 'resources: [../../base]\nrezources: []\n' },
    place: { file: 'apps/web/overlays/dev/kustomization.yaml', line: 2 },
    message: 'json: unknown field "rezources"',
  },
  {
    title: 'a patch that fits no object',
    files: {
      'apps/web/overlays/dev/kustomization.yaml':
        'resources: [../../base]\npatches: [{ patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: zz}}" }]\n',
    },
    place: { file: 'apps/web/overlays/dev/kustomization.yaml' },
    message: 'no resource matches strategic merge patch',
  },
];

describe('a folder that kustomize cannot build', () => {
  it.each(cases)('points to $title', async ({ files, place, message }) => {
    const root = await temporaryTree({ ...smallTree, ...files });

    const failing = buildEnvironment({ root, run: realRun() }, 'dev');

    await expect(failing).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: 'kustomize cannot build apps/web/overlays/dev',
      hint: 'Build it by hand: kustomize build apps/web/overlays/dev --load-restrictor LoadRestrictionsNone',
      details: [{ place, message: expect.stringContaining(message) as string }],
    });
  });

  it('names every folder that fails, not only the first', async () => {
    const root = await temporaryTree({
      ...smallTree,
      'apps/web/overlays/dev/kustomization.yaml': 'resources: [nope]\n',
      'infrastructure/namespaces/kustomization.yaml': 'resources: [nope]\n',
    });

    await expect(buildEnvironment({ root, run: realRun() }, 'dev')).rejects.toThrow(
      'kustomize cannot build infrastructure/namespaces, apps/web/overlays/dev',
    );
  });
});
