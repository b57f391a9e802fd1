import { join } from 'node:path';
import { symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Run } from '../ports/run.ts';
import { listNames, readText } from '../ports/files.ts';
import { fluxKustomization, smallTree } from '../testing/flux-tree.ts';
import { changeTree } from '../testing/copied-repository.ts';
import { realRun } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import type { Build } from './build.ts';
import { buildEnvironment } from './build-environment.ts';
import { keptBuilds } from './kept-builds.ts';

const real = realRun();
const kustomize = async (): Promise<string> => Promise.resolve('kustomize 1');

interface Bench {
  readonly root: string;
  readonly cache: string;
  /** Builds `dev` with the cache, and says how many programs that took. */
  readonly build: (program?: string) => Promise<{ build: Build; runs: number }>;
}

async function bench(files: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const root = await temporaryTree({ ...smallTree, ...files });
  const cache = await temporaryTree({});
  const build = async (program = 'kustomize 1'): Promise<{ build: Build; runs: number }> => {
    let runs = 0;
    const run: Run = async (call) => {
      runs += 1;
      return real(call);
    };
    const builds = keptBuilds(cache, async () => Promise.resolve(program));
    return { build: await buildEnvironment({ root, run, builds }, 'dev'), runs };
  };
  return { root, cache, build };
}

const overlay = 'apps/web/overlays/dev';

describe('keptBuilds', () => {
  it('runs nothing when nothing changed, and gives what kustomize gives', async () => {
    const { root, build } = await bench();
    const first = await build();

    expect(first.runs).toBe(3); // flux, namespaces, web
    expect(await build()).toEqual({ build: first.build, runs: 0 });
    expect(first.build).toEqual(await buildEnvironment({ root, run: real }, 'dev'));
  });

  it('serves a copy of the tree elsewhere', async () => {
    const { cache, build } = await bench();
    const first = await build();
    const copy = await temporaryTree(smallTree);

    const run: Run = async () => Promise.reject(new Error('nothing may run'));
    expect(await buildEnvironment({ root: copy, run, builds: keptBuilds(cache, kustomize) }, 'dev')).toEqual(
      first.build,
    );
  });

  it.each([
    ['the overlay', { [`${overlay}/kustomization.yaml`]: 'namePrefix: x-\nresources: [../../base]\n' }, 1],
    [
      'a base',
      { 'apps/web/base/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n' },
      1,
    ],
    ['a folder without a kustomization file', { 'infrastructure/namespaces/ml.yaml': undefined }, 0],
    ['another app only', { 'apps/other/base/a.yaml': 'a: 1\n' }, 0],
    [
      'a patch of the Flux Kustomization',
      {
        'clusters/dev/flux/web.yaml': fluxKustomization('web', overlay, [], '  namePrefix: y-\n'),
      },
      2,
    ],
  ])('after an edit of %s builds what that changes', async (_, files, runs) => {
    const { root, build } = await bench();
    await build();
    await changeTree(root, files);

    const again = await build();

    expect(again.runs).toBe(runs);
    expect(again.build).toEqual(await buildEnvironment({ root, run: real }, 'dev'));
  });

  it('follows generators, patches and components to their files', async () => {
    const { root, build } = await bench({
      [`${overlay}/kustomization.yaml`]: `resources: [../../base]
components: [../../../../shared/team]
patches: [{ path: ../../patches/level.yaml }]
configMapGenerator: [{ name: files, namespace: ml, files: [key=../../files/a.txt], options: { disableNameSuffixHash: true } }]
`,
      'shared/team/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{ pairs: { team: a } }]\n',
      'apps/web/patches/level.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web, namespace: ml }\ndata: { LOG_LEVEL: debug }\n',
      'apps/web/files/a.txt': 'one\n',
    });
    await build();
    for (const [path, from, to] of [
      ['shared/team/kustomization.yaml', 'team: a', 'team: b'],
      ['apps/web/patches/level.yaml', 'debug', 'warn'],
      ['apps/web/files/a.txt', 'one', 'two'],
    ] as const) {
      await changeTree(root, { [path]: (await readText(join(root, path))).replace(from, to) });
      const { runs, build: built } = await build();
      expect(runs, path).toBe(1);
      expect(JSON.stringify(built)).toContain(path.endsWith('.txt') ? 'two' : to.split(' ').at(-1));
    }
  });

  it('builds anew with another kustomize', async () => {
    const { build } = await bench();
    await build();

    expect((await build('kustomize 2')).runs).toBe(3);
  });

  it('does not believe entries that are damaged, and mends them', async () => {
    const { cache, build } = await bench();
    const first = await build();
    for (const name of await listNames(cache)) {
      const text = await readText(join(cache, name));
      await changeTree(cache, { [name]: text.replace('"name":"', '"name":"evil-') });
    }

    expect(await build()).toEqual({ build: first.build, runs: 3 });
    expect((await build()).runs).toBe(0);
  });

  it('does without a cache that cannot be written', async () => {
    const { root } = await bench();
    const builds = keptBuilds('/dev/null/cache', kustomize);

    expect((await buildEnvironment({ root, run: real, builds }, 'dev')).kustomizations).toHaveLength(2);
  });

  it('keeps no failure', async () => {
    const { root, build } = await bench({ [`${overlay}/kustomization.yaml`]: 'resources: [absent.yaml]\n' });
    await expect(build()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    await expect(build()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    await changeTree(root, { [`${overlay}/absent.yaml`]: smallTree['apps/web/base/config.yaml'] });

    expect((await build()).build.kustomizations.find(({ name }) => name === 'web')?.objects).toHaveLength(1);
  });

  it('keeps nothing that it cannot tell all inputs of', async () => {
    const { root, build } = await bench({
      [`${overlay}/kustomization.yaml`]:
        'resources: [../../base]\nconfigMapGenerator: [{ name: a, envs: [a.env] }]\n',
      [`${overlay}/a.env`]: 'A=1\n',
    });
    await symlink('ml.yaml', join(root, 'infrastructure/namespaces/link.yaml'));
    await build();

    expect((await build()).runs).toBe(2);
  });
});
