import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../ports/files.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { realRun } from '../testing/real-tools.ts';
import { loadEnvironment, loadEnvironments } from '../values/load-environment.ts';
import { planRender } from './plan-render.ts';
import { renderFiles, type RenderedFile } from './render-files.ts';

const values = 'clusters/dev/values.yaml';

async function render(root: string): Promise<RenderedFile[]> {
  return renderFiles({ root }, await loadEnvironment({ root }, 'dev'));
}

describe('renderFiles', () => {
  it('gives the same bytes whatever the order of keys in the values', async () => {
    const root = await copiedRepository({
      [values]: 'apps:\n  trades: { replicas: 2, logLevel: debug }\n  backfill: { lastDays: 3 }\n',
    });
    const first = await render(root);
    await changeTree(root, {
      [values]: '# other\napps:\n  backfill: { lastDays: 3 }\n  trades: { logLevel: debug, replicas: 2 }\n',
    });

    expect(await render(root)).toEqual(first);
  });

  it('changes only the files whose templates mention the value', async () => {
    const root = await copiedRepository({ [values]: 'apps: { trades: { replicas: 1 } }\n' });
    const before = new Map((await render(root)).map(({ path, content }) => [path, content]));
    await changeTree(root, { [values]: 'apps: { trades: { replicas: 2 } }\n' });

    const changed = (await render(root)).filter(({ path, content }) => before.get(path) !== content);

    expect(changed.map(({ path }) => path)).toEqual(['apps/trades/overlays/dev/kustomization.yaml']);
  });

  it('renders nothing of an app that is off', async () => {
    const root = await copiedRepository({ [values]: 'apps: { backfill: { enabled: false } }\n' });

    expect((await render(root)).filter(({ path }) => path.includes('backfill'))).toEqual([]);
  });
});

describe('a template', () => {
  const template = 'templates/apps/trades/overlays/config.yaml.njk';

  it.each([
    [
      'with a misspelt name',
      'a: 1\nb: #{ app.logLevl | dump }#\n',
      2,
      'app.logLevl is not among the values; did you mean logLevel?',
    ],
    ['that does not parse', 'a: 1\n#% if %#\n', 2, 'unexpected token: %#'],
    [
      'that renders nothing',
      '#% if app.replicas > 100 %#\na: 1\n#% endif %#\n',
      undefined,
      'it renders nothing',
    ],
    ['that renders text that is no YAML', 'a: [1\nb: 2\n', undefined, 'The rendered line: b: 2'],
    [
      'that prints a value that is not set',
      'a: #{ kustomization.name | dump }#\n',
      1,
      'kustomization is not among the values',
    ],
  ])('%s is refused with its place', async (_, text, line, message) => {
    const root = await copiedRepository({ [values]: '{}\n', [template]: text });

    const error: unknown = await render(root).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      code: 'TEMPLATE_FAILED',
      hint: line === undefined ? `Edit ${template}` : `Edit ${template}, line ${line}`,
    });
    expect((error as Error).message).toContain(message);
  });

  it.each([
    [
      'two templates of one result',
      { 'templates/clusters/flux/trades.yaml.njk': 'a: 1\n' },
      'both render clusters/dev/flux/trades.yaml',
    ],
    [
      'a stage without a base',
      { 'apps/backfill/base/2-candles': undefined },
      'apps/backfill/base/2-candles is not there',
    ],
    [
      'a template outside of all stages',
      { 'templates/apps/backfill/overlays/other/a.yaml.njk': 'a: 1\n' },
      'belongs to no stage',
    ],
    [
      'an app without a kustomization.yaml',
      { 'templates/apps/trades/overlays/kustomization.yaml.njk': undefined },
      'no template renders apps/trades/overlays/dev/kustomization.yaml',
    ],
    ['an app without app.yaml', { 'templates/apps/trades/app.yaml': undefined }, 'it has no app.yaml'],
    [
      'a job without stages',
      { 'templates/apps/backfill/app.yaml': 'kind: job\ndescription: x\n' },
      'does not describe an app',
    ],
  ])('refuses %s', async (_, files, message) => {
    const root = await copiedRepository({ [values]: '{}\n', ...files });

    const error: unknown = await render(root).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'TEMPLATE_FAILED' });
    expect((error as Error).message).toContain(message);
  });
});

describe('this repository', () => {
  it('holds what its values and templates give', async () => {
    const environments = await loadEnvironments({ root: repositoryRoot });

    const plan = await planRender({ root: repositoryRoot }, environments);

    expect(plan.filter(({ change }) => change !== 'same')).toEqual([]);
  });

  it('has overlays that kustomize builds, with the Job renamed and the image set', async () => {
    const files = (await listFiles(join(repositoryRoot, 'apps'))).filter((file) =>
      /overlays\/.*kustomization.yaml$/.test(file),
    );
    const run = realRun();
    const built = await Promise.all(
      files.map(async (file) => {
        const folder = join(repositoryRoot, 'apps', file, '..');
        return (await run({ tool: 'kustomize', args: ['build', folder], timeoutMs: 60_000 })).stdout;
      }),
    );

    const environments = await loadEnvironments({ root: repositoryRoot });
    const withBackfill = environments.filter(({ values }) => values.apps['backfill']?.enabled === true);
    const all = built.join('---\n');
    expect(new Set(all.match(/^ {2}name: backfill-\d-[a-z]+-[0-9a-f]{10}$/gm)).size).toBeGreaterThanOrEqual(
      3,
    );
    expect(all.match(/^ {2}name: backfill-\d-[a-z]+-[0-9a-f]{10}$/gm)).toHaveLength(3 * withBackfill.length);
    expect(all).not.toMatch(/image: [\w-]+$/m); // the base's name, without registry and tag
  });
});
