import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildEnvironment } from '../build/build-environment.ts';
import { exists, listFiles, readText } from '../ports/files.ts';
import { applyRender, planRender } from '../render/plan-render.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { realRun, toolDeps } from '../testing/real-tools.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import type { SchemaChecker } from '../validate/schemas/schema-checker.ts';
import { validateEnvironment } from '../validate/validate-environment.ts';
import { documentValues, loadValuesSchemas } from '../values/document-values.ts';
import { loadEnvironments } from '../values/load-environment.ts';
import { planNewApp } from './new-app.ts';
import { applyNewFiles } from './new-files.ts';

const run = realRun();
const platform = `# Whose it is.
client: acme
registry: ghcr.io/example   # where images lie
git: { branch: main }
defaults:
  apps:
    trades: { image: { tag: 0.1.0 } } # the oldest
    backfill: { image: { tag: 0.1.0 } }
    prediction-api: { image: { tag: 0.1.0 } }
    # the last word
`;
const repository = {
  'platform.yaml': platform,
  'clusters/dev/values.yaml': '{}\n',
  'clusters/prod/values.yaml': 'sizing: production\n',
};

async function makeApp(root: string, name: string, kind: 'deployment' | 'service' | 'job'): Promise<void> {
  await applyNewFiles({ root }, await planNewApp({ root }, { name, kind }));
}

describe('a new app', { timeout: 30_000 }, () => {
  let schemas: SchemaChecker;
  beforeAll(async () => {
    schemas = await pinnedSchemas(toolDeps);
  });

  it.each([
    ['deployment', 'sentiment', ['ConfigMap', 'Deployment']],
    ['service', 'sentiment', ['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service']],
    ['job', 'sentiment', ['ConfigMap', 'Job']],
    // names that YAML reads as something else
    ['service', 'true', ['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service']],
    ['job', '123', ['ConfigMap', 'Job']],
    ['service', 'a'.repeat(63), ['ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service']],
  ] as const)('of the kind %s named %s builds and validates without a finding', async (kind, name, kinds) => {
    const root = await copiedRepository({
      apps: undefined,
      'templates/apps': undefined,
      'platform.yaml': 'client: acme\nregistry: ghcr.io/example\ngit: { branch: main }\n',
      'clusters/prod/values.yaml': 'sizing: production\n',
    });

    await makeApp(root, name, kind);

    const unit = kind === 'job' ? `${name}-1-run` : name;
    const plan = await planRender({ root }, await loadEnvironments({ root }));
    expect(plan.filter(({ change }) => change !== 'same').map(({ path }) => path)).toEqual([
      'clusters/prod/flux/namespaces.yaml', // nobody had rendered it, and it is not the app's
    ]);
    await applyRender({ root }, plan);
    const build = await buildEnvironment({ root, run }, 'prod');
    const objects = build.kustomizations.find((one) => one.name === unit)?.objects ?? [];
    expect(objects.map((object) => object.kind).sort()).toEqual(kinds);
    expect(await validateEnvironment({ root, schemas }, build)).toEqual([]);
  });
});

describe('planNewApp', { timeout: 30_000 }, () => {
  it('writes nothing, and names no file of another app', async () => {
    const root = await copiedRepository(repository);
    const before = await listFiles(root);

    const files = await planNewApp({ root }, { name: 'sentiment', kind: 'deployment' });

    expect(await listFiles(root)).toEqual(before);
    expect(files.map(({ path, change }) => `${change} ${path}`)).toEqual([
      'create apps/sentiment/base/deployment.yaml',
      'create apps/sentiment/base/kustomization.yaml',
      'create apps/sentiment/overlays/dev/config.yaml',
      'create apps/sentiment/overlays/dev/deployment.yaml',
      'create apps/sentiment/overlays/dev/kustomization.yaml',
      'create apps/sentiment/overlays/prod/config.yaml',
      'create apps/sentiment/overlays/prod/deployment.yaml',
      'create apps/sentiment/overlays/prod/kustomization.yaml',
      'create clusters/dev/flux/sentiment.yaml',
      'create clusters/prod/flux/sentiment.yaml',
      'update platform.yaml',
      'create templates/apps/sentiment/app.yaml',
      'create templates/apps/sentiment/overlays/config.yaml.njk',
      'create templates/apps/sentiment/overlays/deployment.yaml.njk',
      'create templates/apps/sentiment/overlays/kustomization.yaml.njk',
      'create templates/apps/sentiment/sizing/production.yaml',
      'create templates/apps/sentiment/sizing/small.yaml',
      'create templates/apps/sentiment/values.schema.json',
    ]);
  });

  it('adds the tag of the image to platform.yaml and leaves every other line as it was', async () => {
    const root = await copiedRepository(repository);

    await makeApp(root, 'sentiment', 'deployment');

    expect(await readText(join(root, 'platform.yaml'))).toBe(
      platform.replace(
        '    # the last word\n',
        '    sentiment:\n      image: { tag: 0.1.0 }\n    # the last word\n',
      ),
    );
  });

  it('keeps docs/values.md up to date where it was', async () => {
    const root = await copiedRepository(repository);
    const written = documentValues(await loadValuesSchemas(root));
    const fresh = await copiedRepository({ ...repository, 'docs/values.md': written });
    const stale = await copiedRepository({ ...repository, 'docs/values.md': 'old\n' });

    for (const each of [root, fresh, stale]) await makeApp(each, 'sentiment', 'job');

    expect(await exists(join(root, 'docs/values.md'))).toBe(false);
    expect(await readText(join(fresh, 'docs/values.md'))).toContain('### apps.sentiment\n');
    expect(await readText(join(stale, 'docs/values.md'))).toBe('old\n');
  });

  it.each([
    ['News.Api', 'service', 'it has capital letters; it has "."', 'platform app new --kind service news-api'],
    ['news_api', 'job', 'it has "_", and only letters, digits and - are allowed', 'news-api'],
    ['-a', 'job', 'it begins or ends with -', 'platform app new --kind job a'],
    ['', 'job', 'it is empty', 'platform app new --kind job <name>'],
    ['../../etc', 'job', 'it has "." "/"', 'platform app new --kind job etc'],
    ['a'.repeat(64), 'deployment', 'it has 64 characters, and at most 63 are allowed', 'a'.repeat(63)],
    ['a'.repeat(47), 'job', 'it has 47 characters, and at most 46 are allowed', '--kind job'],
    [
      '1st',
      'service',
      'the name of a Service begins with a letter',
      'platform app new --kind service app-1st',
    ],
    ['trades', 'deployment', 'it is taken: templates/apps/trades is there', '<another name>'],
    ['old', 'job', 'it is taken: apps/old is there', '<another name>'],
    [
      'backfill-2-candles',
      'service',
      'the app backfill has a part that is named backfill-2-candles',
      '<another name>',
    ],
    ['namespaces', 'service', 'the platform itself has a part that is named namespaces', '<another name>'],
  ] as const)('refuses the name %j', async (name, kind, reason, hint) => {
    const root = await copiedRepository({ ...repository, 'apps/old/base/a.yaml': 'a: 1\n' });
    const before = await listFiles(root);

    await expect(planNewApp({ root }, { name, kind })).rejects.toMatchObject({
      code: 'NAME_INVALID',
      message: expect.stringContaining(reason) as unknown,
      hint: expect.stringContaining(hint) as unknown,
    });
    expect(await listFiles(root)).toEqual(before);
  });

  it('refuses a second time, and leaves the first result alone', async () => {
    const root = await copiedRepository(repository);
    await makeApp(root, 'sentiment', 'deployment');
    const before = await listFiles(root);

    await expect(makeApp(root, 'sentiment', 'job')).rejects.toMatchObject({ code: 'NAME_INVALID' });
    expect(await listFiles(root)).toEqual(before);
  });

  it('refuses to overwrite a file that lies where one of the app would', async () => {
    const root = await copiedRepository({ ...repository, 'clusters/prod/flux/sentiment.yaml': 'mine\n' });

    await expect(makeApp(root, 'sentiment', 'deployment')).rejects.toMatchObject({
      code: 'NAME_INVALID',
      message: expect.stringContaining('clusters/prod/flux/sentiment.yaml is there already') as unknown,
    });
    expect(await readText(join(root, 'clusters/prod/flux/sentiment.yaml'))).toBe('mine\n');
    expect(await exists(join(root, 'apps/sentiment'))).toBe(false);
  });

  it('names the file and line of a skeleton that does not render, and writes nothing', async () => {
    const broken = 'templates/scaffold/app/service/templates/apps/[app]/overlays/config.yaml.njk';
    const root = await copiedRepository({ ...repository, [broken]: 'a: 1\nb: #{ app.logLvl | dump }#\n' });
    const before = await listFiles(root);

    await expect(makeApp(root, 'sentiment', 'service')).rejects.toMatchObject({
      code: 'TEMPLATE_FAILED',
      message: expect.stringMatching(
        /^nothing was written: templates.scaffold.*did you mean logLevel\?/,
      ) as unknown,
      hint: `Edit ${broken}`,
      details: [expect.objectContaining({ place: { file: broken, line: 2, column: 10 } })],
    });
    expect(await listFiles(root)).toEqual(before);
    expect(await readText(join(root, 'platform.yaml'))).toBe(platform);
  });

  it('reports values that were wrong before, as they are', async () => {
    const root = await copiedRepository({ ...repository, 'clusters/dev/values.yaml': 'sizng: small\n' });

    await expect(makeApp(root, 'sentiment', 'service')).rejects.toMatchObject({
      code: 'VALUES_INVALID',
      details: [expect.objectContaining({ place: { file: 'clusters/dev/values.yaml', line: 1, column: 1 } })],
    });
  });
});
