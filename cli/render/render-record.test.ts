import { join } from 'node:path';
import { symlink } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { locationsFrom } from '../ports/locations.ts';
import { listNames, readText } from '../ports/files.ts';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { renderEnvironments, type Rendering } from './render-environments.ts';
import { openRenderRecord } from './render-record.ts';

const values = 'apps: { backfill: { enabled: false } }\n';
const config = 'apps/trades/overlays/dev/config.yaml';

interface Place {
  readonly root: string;
  readonly home: string;
  readonly locations: ReturnType<typeof locationsFrom>;
}

async function place(): Promise<Place> {
  const root = await copiedRepository({
    'clusters/dev/values.yaml': values,
    'clusters/prod/values.yaml': `sizing: production\n${values}`,
    'versions.json': '{}\n',
  });
  const home = await temporaryTree({ 'package.json': '{ "version": "0.1.0" }', 'dist/main.cjs': '' });
  return { root, home, locations: locationsFrom({ HOME: home }) };
}

async function render(deps: Place, force = false): Promise<Rendering> {
  return renderEnvironments(deps, [], { force, check: false });
}

async function settled(deps: Place): Promise<string[]> {
  return [...(await openRenderRecord(deps, ['dev', 'prod'])).settled.keys()];
}

describe('the record of renders', () => {
  let deps: Place;
  beforeEach(async () => {
    deps = await place();
    await render(deps);
  });

  it('settles what was rendered and has not changed, and counts its files', async () => {
    expect(await settled(deps)).toEqual(['dev', 'prod']);

    const first = await renderEnvironments({ ...deps, locations: locationsFrom({ HOME: '/nowhere' }) }, [], {
      force: false,
      check: false,
    });
    const again = await render(deps);

    expect(again).toEqual(first);
    expect(again).toMatchObject({ environments: ['dev', 'prod'], changes: [] });
  });

  it.each([
    ['values.yaml', { 'clusters/dev/values.yaml': `# other\n${values}` }, ['prod']],
    ['platform.yaml', { 'platform.yaml': undefined }, []],
    ['a template', { 'templates/apps/trades/overlays/config.yaml.njk': 'a: 1\n' }, []],
    ['a new template', { 'templates/apps/trades/overlays/more.yaml.njk': 'a: 1\n' }, []],
    ['a schema', { 'templates/schemas/values.schema.json': '{}\n' }, []],
    ['a sizing profile', { 'templates/sizing/small.yaml': '{}\n' }, []],
    ['what a job is made from', { 'apps/backfill/base/1-trades/job.yaml': 'a: 1\n' }, []],
    ['the demo of an app', { 'apps/trades/demo/main.go': 'package main\n' }, []],
    ['versions.json', { 'versions.json': '{"kustomize":"9"}\n' }, []],
    ['a removed app', { 'templates/apps/trades': undefined }, []],
    ['a rendered file', { [config]: 'a: 1\n' }, ['prod']],
    ['a deleted file', { [config]: undefined }, ['prod']],
    ['a file more', { 'clusters/dev/flux/extra.yaml': 'a: 1\n' }, ['prod']],
  ])('sees an edit of %s', async (_, files, left) => {
    await changeTree(deps.root, files);

    expect(await settled(deps)).toEqual(left);
  });

  it.each([
    ['version', { 'package.json': '{ "version": "0.2.0" }' }],
    ['build', { 'dist/main.cjs': '// built anew' }],
  ])('settles nothing for another %s of this program', async (_, files) => {
    await changeTree(deps.home, files);

    expect(await settled(deps)).toEqual([]);
  });

  it('settles nothing when an input is a link, which rendering refuses', async () => {
    await symlink('/dev/null', join(deps.root, 'templates/apps/trades/linked.yaml'));

    expect(await settled(deps)).toEqual([]);
    await expect(render(deps)).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  });

  it('does not hide a link where nothing else changed', async () => {
    await symlink('/dev/null', join(deps.root, 'infrastructure/linked.yaml'));

    await expect(render(deps)).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  });

  it('does not believe a record that is damaged', async () => {
    const folder = join(deps.locations.cache, 'render');
    const [name = ''] = await listNames(folder);
    const text = await readText(join(folder, name));
    for (const damaged of ['', text.slice(0, -9), text.replace('"files":', '"files":1'), `x${text}`]) {
      await changeTree(folder, { [name]: damaged });
      expect(await settled(deps)).toEqual([]);
    }
    await render(deps);
    expect(await settled(deps)).toEqual(['dev', 'prod']);
  });

  it('still refuses a hand edit, restores a deleted file, and removes what environments left that are gone', async () => {
    await changeTree(deps.root, { [config]: `${await readText(join(deps.root, config))}mine: 1\n` });
    await expect(render(deps)).rejects.toMatchObject({ code: 'RENDERED_FILE_EDITED' });

    await changeTree(deps.root, { [config]: undefined });
    expect((await render(deps)).changes).toMatchObject([{ path: config, change: 'create' }]);

    await changeTree(deps.root, { 'clusters/prod/values.yaml': undefined });
    const { changes } = await render(deps);
    expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['delete']));
    expect(await listNames(join(deps.root, 'apps/trades/overlays'))).toEqual(['dev']);
  });

  it('does not take an edit made while it rendered for rendered', async () => {
    await changeTree(deps.root, { 'clusters/dev/values.yaml': `# a\n${values}` });
    const record = await openRenderRecord(deps, ['dev']);
    await changeTree(deps.root, { 'clusters/dev/values.yaml': `# b\n${values}` });
    await record.keep([]);

    expect(await settled(deps)).toEqual(['prod']);
  });
});
