import { expect, it } from 'vitest';
import { locationsFrom } from '../ports/locations.ts';
import { renderEnvironments } from '../render/render-environments.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { findStale } from './find-stale.ts';

it('finds what was not rendered after a change of values, and nothing once it was', async () => {
  const root = await copiedRepository({
    'clusters/dev/values.yaml': 'sizing: small\n',
    'clusters/prod/values.yaml': 'apps: { backfill: { enabled: false } }\n',
  });
  const home = await temporaryTree({});
  const deps = { root, home, locations: locationsFrom({ HOME: home }) };
  await renderEnvironments(deps, [], { force: false, check: false });
  const nothing = new Map([
    ['dev', []],
    ['prod', []],
  ]);
  expect(await findStale(deps)).toEqual(nothing);

  await changeTree(root, { 'clusters/dev/values.yaml': 'apps: { trades: { logLevel: warn } }\n' });
  const stale = await findStale(deps);
  expect(stale.get('dev')).toMatchObject([
    {
      code: 'RENDER_STALE',
      hint: 'platform render dev',
      place: { file: 'apps/trades/overlays/dev/config.yaml' },
    },
  ]);
  expect(stale.get('prod')).toEqual([]);
  expect(await findStale(deps, ['prod'])).toEqual(new Map([['prod', []]]));
});

it('finds what environments left that are gone', async () => {
  const root = await copiedRepository({
    'clusters/dev/values.yaml': 'apps: { backfill: { enabled: false } }\n',
    'clusters/old/flux/trades.yaml': 'a: 1\n',
  });
  const home = await temporaryTree({});
  const deps = { root, home, locations: locationsFrom({ HOME: home }) };
  await renderEnvironments({ ...deps }, ['dev'], { force: true, check: false });
  await changeTree(root, { 'clusters/old/flux/trades.yaml': 'a: 1\n' });

  expect((await findStale(deps)).get('dev')).toMatchObject([
    { code: 'RENDER_STALE', hint: 'platform render', place: { file: 'clusters/old/flux/trades.yaml' } },
  ]);
});
