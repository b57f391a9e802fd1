import { describe, expect, it } from 'vitest';
import { formatRef, refOf } from '../ports/kube.ts';
import { fluxKustomization, smallTree } from '../testing/flux-tree.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { buildEnvironment } from './build-environment.ts';

const run = realRun();

describe('buildEnvironment', () => {
  it('builds each Flux Kustomization, those that others wait for first', async () => {
    const root = await temporaryTree({
      ...smallTree,
      'clusters/dev/flux/a-first-by-name.yaml': fluxKustomization('a-first-by-name', 'apps/web/base', [
        'web',
      ]),
    });

    const build = await buildEnvironment({ root, run }, 'dev');

    expect(build.kustomizations.map(({ name }) => name)).toEqual(['namespaces', 'web', 'a-first-by-name']);
    expect(build.kustomizations[1]).toMatchObject({
      path: 'apps/web/overlays/dev',
      dependsOn: ['namespaces'],
      wait: true,
      prune: true,
    });
    expect(build.kustomizations[1]?.objects.map((object) => formatRef(refOf(object)))).toEqual([
      'ConfigMap/ml/web',
    ]);
    expect(build.fluxObjects).toHaveLength(3);
  });

  it('takes every YAML below a folder without kustomization.yaml, and a folder with one instead of its files', async () => {
    const root = await temporaryTree({
      ...smallTree,
      'infrastructure/namespaces/deeper/kustomization.yaml': 'namePrefix: x-\nresources: [other.yml]\n',
      'infrastructure/namespaces/deeper/other.yml':
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }\n',
      'infrastructure/namespaces/README.md': 'not a manifest',
    });

    const { kustomizations } = await buildEnvironment({ root, run }, 'dev');

    expect(kustomizations[0]?.objects.map(({ metadata }) => metadata.name)).toEqual(['ml', 'other']);
  });

  it('lays spec.targetNamespace, patches and commonMetadata of the Flux Kustomization over the folder', async () => {
    const root = await temporaryTree({
      ...smallTree,
      'clusters/dev/flux/web.yaml': fluxKustomization(
        'web',
        'apps/web/overlays/dev',
        [],
        `  targetNamespace: other
  commonMetadata: { labels: { team: a } }
  patches:
    - target: { kind: ConfigMap }
      patch: |
        - { op: replace, path: /data/LOG_LEVEL, value: "yes" }
`,
      ),
    });

    const { kustomizations } = await buildEnvironment({ root, run }, 'dev');

    expect(kustomizations.find(({ name }) => name === 'web')?.objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web', namespace: 'other', labels: { team: 'a' } },
        data: { LOG_LEVEL: 'yes' },
      },
    ]);
  });

  it('passes SOPS-encrypted documents through and gives nothing for an overlay that lists nothing', async () => {
    const root = await temporaryTree({
      ...smallTree,
      'infrastructure/namespaces/ml.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: ml }\ndata: { a: "ENC[x]" }\nsops: { mac: m }\n',
      'apps/web/overlays/dev/kustomization.yaml': 'resources: []\n',
    });

    const { kustomizations } = await buildEnvironment({ root, run }, 'dev');

    expect(kustomizations[0]?.objects[0]).toMatchObject({ data: { a: 'ENC[x]' }, sops: { mac: 'm' } });
    expect(kustomizations[1]?.objects).toEqual([]);
  });

  it('guesses the environment that a mistyped name stands for', async () => {
    const root = await temporaryTree(smallTree);
    await expect(buildEnvironment({ root, run }, 'devv')).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
      hint: 'Did you mean dev?',
    });
  });

  it('names the folder of a Flux Kustomization that is not there', async () => {
    const root = await temporaryTree({
      ...smallTree,
      'clusters/dev/flux/web.yaml': fluxKustomization('web', 'clusters/dev/secrets', []),
    });
    await expect(buildEnvironment({ root, run }, 'dev')).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      details: [{ place: { file: 'clusters/dev/secrets' }, message: 'the folder does not exist' }],
    });
  });

  it('says how to render an environment that was never rendered', async () => {
    const root = await temporaryTree({ 'clusters/new/values.yaml': '{}' });
    await expect(buildEnvironment({ root, run }, 'new')).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      hint: 'platform render new',
    });
  });
});
