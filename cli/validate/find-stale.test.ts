import { expect, it } from 'vitest';
import { applyRender, planRender } from '../render/plan-render.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { findStale } from './find-stale.ts';

it('finds what was not rendered after a change of values, and nothing once it was', async () => {
  const root = await copiedRepository({ 'clusters/dev/values.yaml': 'sizing: small\n' });
  await applyRender({ root }, await planRender({ root }, [await loadEnvironment({ root }, 'dev')]));
  expect(await findStale({ root }, await loadEnvironment({ root }, 'dev'))).toEqual([]);

  await changeTree(root, { 'clusters/dev/values.yaml': 'apps: { trades: { logLevel: warn } }\n' });
  expect(await findStale({ root }, await loadEnvironment({ root }, 'dev'))).toMatchObject([
    {
      code: 'RENDER_STALE',
      hint: 'platform render dev',
      place: { file: expect.stringContaining('overlays/dev') as string },
    },
  ]);
});
