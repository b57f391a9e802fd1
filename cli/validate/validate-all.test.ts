import { expect, it } from 'vitest';
import { buildEnvironment } from '../build/build-environment.ts';
import { keptBuilds } from '../build/kept-builds.ts';
import { locationsFrom } from '../ports/locations.ts';
import type { Run } from '../ports/run.ts';
import { renderEnvironments } from '../render/render-environments.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { realRun, toolDeps } from '../testing/real-tools.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import type { Rule } from './rule.ts';
import { validateAll } from './validate-all.ts';
import { validateEnvironment } from './validate-environment.ts';

const everything: Rule = {
  code: 'EVERYTHING',
  severity: 'error',
  title: '',
  why: '',
  check: ({ applied }) => applied.map(({ object }) => ({ message: 'is there', hint: 'remove it', object })),
};

it('finds the same with a cache and without, and runs no kustomize when nothing changed', async () => {
  const root = await copiedRepository({
    'clusters/dev/values.yaml': 'apps: { backfill: { enabled: false } }\n',
    'clusters/prod/values.yaml': 'sizing: production\napps: { backfill: { enabled: false } }\n',
  });
  const home = await temporaryTree({});
  const run = realRun();
  const schemas = await pinnedSchemas(toolDeps);
  const deps = { root, home, locations: locationsFrom({ HOME: home }), schemas };
  await renderEnvironments(deps, [], { force: false, check: false });
  // Stale, an unknown field, and no tag: each kind of finding.
  await changeTree(root, {
    'clusters/dev/values.yaml': 'apps: { backfill: { enabled: false }, trades: { logLevel: warn } }\n',
    'infrastructure/namespaces/kustomization.yaml': 'resources: [ml.yaml, pod.yaml]\n',
    'infrastructure/namespaces/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: ml }\nspec: { containers: [{ name: p, image: p, imge: p }] }\n',
  });
  const builds = keptBuilds(await temporaryTree({}), async () => Promise.resolve('kustomize 1'));

  const without = await validateAll({ ...deps, run }, []);
  const cold = await validateAll({ ...deps, run, builds }, []);
  const nothing: Run = async () => Promise.reject(new Error('nothing may run'));
  const warm = await validateAll({ ...deps, run: nothing, builds }, []);

  const codes = new Set(without.flatMap(({ findings }) => findings.map(({ code }) => code)));
  expect([...codes]).toEqual(
    expect.arrayContaining(['RENDER_STALE', 'SCHEMA_UNKNOWN_FIELD', 'IMAGE_TAG_MISSING']),
  );
  expect(without.map(({ environment }) => environment)).toEqual(['dev', 'prod']);
  expect(cold).toEqual(without);
  expect(warm).toEqual(without);

  const kept = await buildEnvironment({ root, run: nothing, builds }, 'dev');
  const found = await validateEnvironment({ root, schemas }, kept, [everything]);
  expect(
    found.filter(({ code }) => code === 'EVERYTHING').length,
    'a new rule needs no new build',
  ).toBeGreaterThan(5);
});
