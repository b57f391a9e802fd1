import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildEnvironment } from '../build/build-environment.ts';
import { listFiles, readText } from '../ports/files.ts';
import { planRender } from '../render/plan-render.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { realRun, toolDeps } from '../testing/real-tools.ts';
import { pinnedSchemas } from '../toolchain/schemas.ts';
import { validateEnvironment } from '../validate/validate-environment.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { planNewEnvironment } from './new-environment.ts';
import { applyNewFiles } from './new-files.ts';

const prod = `# What customers of prod use.
sizing: production
protected: true   # needs --allow-protected
engine: existing
cluster:
  context: 'acme-prod' # kubectl config get-contexts

apps:
  trades: { productIds: [BTC/USD, ETH/USD, SOL/USD, XRP/USD, ADA/USD, DOT/USD, LTC/USD] }
`;

it(
  'has the values of the other one, with its comments, and its own kubeconfig context; it renders and validates',
  { timeout: 30_000 },
  async () => {
    const root = await copiedRepository({ 'clusters/prod/values.yaml': prod });

    const { files, notes } = await planNewEnvironment({ root }, { name: 'pre-prod', from: 'prod' });
    await applyNewFiles({ root }, files);

    expect(await readText(join(root, 'clusters/pre-prod/values.yaml'))).toBe(
      prod.replace("'acme-prod'", 'acme-pre-prod'),
    );
    expect(notes).toEqual([
      'clusters/pre-prod/values.yaml names the kubeconfig context acme-pre-prod: write there what yours is called',
      'clusters/pre-prod/values.yaml still speaks of prod in line 1',
    ]);
    const environment = await loadEnvironment({ root }, 'pre-prod');
    expect(environment.values).toMatchObject({ protected: true, engine: 'existing' });
    const plan = await planRender({ root }, [environment]);
    expect(plan.filter(({ change }) => change !== 'same')).toEqual([]);
    const build = await buildEnvironment({ root, run: realRun() }, 'pre-prod');
    const findings = await validateEnvironment({ root, schemas: await pinnedSchemas(toolDeps) }, build);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  },
);

it('makes nothing but files of its own, and writes nothing while it plans', async () => {
  const root = await copiedRepository({ 'clusters/dev/values.yaml': 'engine: auto\n' });
  const before = await listFiles(root);

  const { files, notes } = await planNewEnvironment({ root }, { name: 'canary-1234', from: 'dev' });

  expect(await listFiles(root)).toEqual(before);
  const own = /^(clusters\/canary-1234\/(values|flux\/[^/]+)|apps\/[^/]+\/overlays\/canary-1234\/.+)\.yaml$/;
  expect(files.filter(({ path, change }) => change !== 'create' || !own.test(path))).toEqual([]);
  expect(files.map(({ path }) => path)).toContain('clusters/canary-1234/values.yaml');
  expect(notes).toEqual([]);
});

it('never copies secrets, and so does not say that there are any', async () => {
  const root = await copiedRepository({
    'clusters/dev/values.yaml': 'secrets:\n  sops: true # encrypted\n',
    'clusters/dev/secrets/a.yaml': 'kind: Secret\n',
  });

  const { files, notes } = await planNewEnvironment({ root }, { name: 'canary', from: 'dev' });

  expect(files.find(({ path }) => path === 'clusters/canary/values.yaml')?.content).toBe(
    'secrets:\n  sops: false # encrypted\n',
  );
  expect(files.filter(({ path }) => path.includes('secrets'))).toEqual([]);
  expect(notes).toEqual([expect.stringContaining('clusters/canary/values.yaml has secrets.sops: false')]);
});

it('says what it may not share where all environments are told it in platform.yaml', async () => {
  const root = await copiedRepository({
    'platform.yaml':
      'client: acme\nregistry: r.example\ngit: {}\ndefaults:\n  engine: existing\n  cluster: { context: all }\n' +
      '  apps: { trades: &a { image: { tag: 1.0.0 } }, backfill: *a, prediction-api: *a }\n',
    'clusters/dev/values.yaml': '# nothing yet\n{}\n',
  });

  const { files } = await planNewEnvironment({ root }, { name: 'canary', from: 'dev' });

  expect(files.find(({ path }) => path === 'clusters/canary/values.yaml')?.content).toBe(
    '# nothing yet\ncluster: { context: acme-canary }\n',
  );
});

it.each([
  ['Canary', 'dev', 'NAME_INVALID', 'it has capital letters', 'platform env new --from dev canary'],
  ['canary.1', 'dev', 'NAME_INVALID', 'it has "."', 'platform env new --from dev canary-1'],
  ['a'.repeat(64), 'dev', 'NAME_INVALID', 'it has 64 characters', 'aaa'],
  ['dev', 'dev', 'NAME_INVALID', 'it is taken: clusters/dev is there', '<another name>'],
  [
    'left',
    'dev',
    'NAME_INVALID',
    'apps/trades/overlays/left/config.yaml is there already',
    'move those files',
  ],
  ['canary', 'dew', 'ENVIRONMENT_UNKNOWN', 'there is no environment dew', 'Did you mean dev?'],
])('refuses %j from %j', async (name, from, code, reason, hint) => {
  const root = await copiedRepository({
    'clusters/dev/values.yaml': '{}\n',
    'apps/trades/overlays/left/config.yaml': 'a: 1\n',
  });
  const before = await listFiles(root);

  await expect(planNewEnvironment({ root }, { name, from })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(reason) as unknown,
    hint: expect.stringContaining(hint) as unknown,
  });
  expect(await listFiles(root)).toEqual(before);
});
