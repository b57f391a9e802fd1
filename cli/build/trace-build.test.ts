import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../ports/kube.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { buildFolder } from './build-folder.ts';
import { traceBuild } from './trace-build.ts';

const tree = {
  'apps/web/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'apps/web/base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ml }
spec:
  replicas: 1
  minReadySeconds: 1
  template:
    spec:
      containers:
        - name: web
          image: web
          env:
            - { name: LEVEL, value: info }
`,
  'apps/web/overlays/dev/kustomization.yaml': `resources: [../../base]
images:
  - name: web
    newName: registry.test/web
    newTag: "1.2.3"
replicas:
  - name: web
    count: 3
labels:
  - pairs: { team: "data" }
patches:
  - path: level.yaml
  - target: { kind: Deployment }
    patch: |-
      - op: add
        path: /spec/revisionHistoryLimit
        value: 7
`,
  'apps/web/overlays/dev/level.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ml }
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: LEVEL
              value: debug
`,
};

type Fields = Record<string, never> & { spec: Record<string, unknown> };

/** @param read Gives the field of the Deployment. */
async function trace(read: (object: Fields) => unknown, root?: string): Promise<string[]> {
  const used = root ?? (await temporaryTree(tree));
  const spots = await traceBuild(used, {
    inputs: [overlay],
    build: async () => buildFolder({ run: realRun() }, used, overlay),
    key: '',
    read: (objects: readonly KubeObject[]) => {
      const found = objects.find(({ kind }) => kind === 'Deployment');
      const value = found && read(found as unknown as Fields);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    },
  });
  return spots.map(({ file, line, column, text }) => `${file}:${line}:${column} ${text}`);
}

const podSpec = (object: Fields) =>
  (object.spec['template'] as { spec: { containers: { image: string; env: { value: string }[] }[] } }).spec;
const overlay = 'apps/web/overlays/dev';

describe('where a built field comes from', () => {
  it.each<[string, (object: Fields) => unknown, string[]]>([
    ['replicas', ({ spec }) => spec['replicas'], [`${overlay}/kustomization.yaml:8:12 count: 3`]],
    [
      'a base',
      ({ spec }) => spec['minReadySeconds'],
      ['apps/web/base/deployment.yaml:6:20 minReadySeconds: 1'],
    ],
    [
      'a patch',
      (object) => podSpec(object).containers[0]?.env[0]?.value,
      [`${overlay}/level.yaml:11:22 value: debug`],
    ],
    [
      'name and tag of an image',
      (object) => podSpec(object).containers[0]?.image,
      [
        `${overlay}/kustomization.yaml:4:14 newName: registry.test/web`,
        `${overlay}/kustomization.yaml:5:13 newTag: "1.2.3"`,
      ],
    ],
    [
      'a label',
      (object) => (object as unknown as KubeObject).metadata.labels?.['team'],
      [`${overlay}/kustomization.yaml:10:20 - pairs: { team: "data" }`],
    ],
    ['nothing, where it is not there', ({ spec }) => spec['paused'], []],
    [
      'a patch inside of a text',
      ({ spec }) => spec['revisionHistoryLimit'],
      [`${overlay}/kustomization.yaml:17:16 value: 7`],
    ],
  ])('is %s', async (_, read, spots) => {
    expect(await trace(read)).toEqual(spots);
  });

  it('leaves every file as it was', async () => {
    const root = await temporaryTree(tree);
    await trace(({ spec }) => spec['replicas'], root);

    for (const [file, text] of Object.entries(tree))
      expect(await readFile(join(root, file), 'utf8')).toBe(text);
  });
});
