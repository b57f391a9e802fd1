import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { locationsFrom } from '../ports/locations.ts';
import { renderEnvironments } from '../render/render-environments.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { likelyStaleness } from './staleness.ts';

const values = 'clusters/dev/values.yaml';

it('tells of values that were changed and not rendered, and only of those', async () => {
  const root = await copiedRepository({ [values]: 'sizing: small\n' });
  const home = await temporaryTree({});
  const deps = { root, home, locations: locationsFrom({ HOME: home }) };
  const edit = async (text: string): Promise<void> => {
    await changeTree(root, { [values]: text });
    const later = Date.now() / 1_000 + 10;
    await utimes(join(root, values), later, later);
  };
  await renderEnvironments(deps, ['dev'], { force: false, check: false });
  expect(await likelyStaleness(deps, 'dev')).toEqual([]);

  await edit('sizing: small\n# a comment\n');
  expect(await likelyStaleness(deps, 'dev')).toEqual([]);

  await edit('sizing: small\napps: { trades: { logLevel: warn, replicas: 2 } }\n');
  expect(await likelyStaleness(deps, 'dev')).toEqual([
    expect.stringMatching(
      /^apps\/trades\/overlays\/dev\/.* is not what values and templates give.*: platform render dev$/,
    ),
  ]);

  await renderEnvironments(deps, ['dev'], { force: false, check: false });
  expect(await likelyStaleness(deps, 'dev')).toEqual([]);
});

it('says why where it cannot tell', async () => {
  const root = await copiedRepository({ [values]: 'apps: { trades: { replicas: many } }\n' });
  const home = await temporaryTree({});
  const deps = { root, home, locations: locationsFrom({ HOME: home }) };

  expect(await likelyStaleness(deps, 'dev')).toEqual([
    expect.stringMatching(/^what values and templates give now is not known, as .*replicas/),
  ]);
});
