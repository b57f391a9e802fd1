import { expect, it } from 'vitest';
import { locationsFrom } from '../ports/locations.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { outcomeOf } from '../testing/outcome-of.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { renderCommand } from './render.ts';

/** What `platform render <words>` proposes next, in a repository of two environments. */
async function proposed(...words: string[]): Promise<readonly string[] | undefined> {
  const values = 'apps: { backfill: { enabled: false } }\n';
  const root = await copiedRepository({
    'clusters/dev/values.yaml': values,
    'clusters/prod/values.yaml': `sizing: production\n${values}`,
    'versions.json': '{}\n',
  });
  const home = await temporaryTree({ 'package.json': '{ "version": "0.1.0" }', 'dist/main.cjs': '' });
  const deps = { root, home, locations: locationsFrom({ HOME: home }) };
  return (await outcomeOf(renderCommand, deps, words)).next;
}

it('proposes commands for the environment that was rendered, and for all where all were', async () => {
  expect(await proposed('dev')).toEqual(['platform validate dev', 'platform diff dev']);
  expect(await proposed()).toEqual(['platform validate', 'platform diff']);
  expect(await proposed('dev', '--check')).toEqual(['platform render dev']);
});
