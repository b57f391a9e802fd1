import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot as root } from '../testing/repository-root.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { traceRender } from './trace-render.ts';

/** Traces the first line of a rendered file of this repository that holds a text. */
async function trace(environment: string, path: string, holds: string) {
  const content = await readFile(join(root, path), 'utf8');
  const line = content.split('\n').findIndex((each) => each.includes(holds)) + 1;
  const traced = await traceRender({ root }, await loadEnvironment({ root }, environment), {
    path,
    content,
    line,
  });
  return traced && { ...traced, uses: traced.uses.map(({ path: keys }) => keys.join('.')) };
}

describe('the template line behind a rendered line', () => {
  it.each([
    ['apps/prediction-api/overlays/dev/config.yaml', 'RUST_LOG', ['app.logLevel']],
    ['apps/prediction-api/overlays/dev/kustomization.yaml', 'count:', ['app.replicas']],
    ['apps/prediction-api/overlays/prod/kustomization.yaml', 'disruption-budget', ['app.replicas']],
    ['clusters/dev/flux/trades.yaml', 'interval:', ['flux.interval']],
    ['clusters/dev/flux/backfill-2-candles.yaml', '- name:', ['kustomization.dependsOn']],
    ['apps/prediction-api/overlays/dev/config.yaml', 'kind: ConfigMap', []],
  ])('of %s, %s: %j', async (path, holds, uses) => {
    const environment = /\b(dev|prod)\b/.exec(path)?.[1] ?? 'dev';

    const traced = await trace(environment, path, holds);

    expect(traced?.uses).toEqual(uses);
    expect(await readFile(join(root, traced?.file ?? ''), 'utf8')).toContain(traced?.text);
    expect(traced?.text).toContain(holds);
  });

  it('of a Job is found though its name is computed', async () => {
    const traced = await trace('dev', 'apps/backfill/overlays/dev/1-trades/kustomization.yaml', 'value:');

    expect(traced).toMatchObject({ text: 'value: #{ stage.job | dump }#', uses: ['stage.job'] });
  });

  it('is not told of a file that rendering would change', async () => {
    const environment = await loadEnvironment({ root }, 'dev');
    const path = 'apps/trades/overlays/dev/config.yaml';

    expect(await traceRender({ root }, environment, { path, content: 'edited', line: 3 })).toBeUndefined();
  });
});
