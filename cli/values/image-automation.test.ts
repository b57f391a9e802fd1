import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { automated } from '../testing/automated-stage.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { loadEnvironment } from './load-environment.ts';

const file = 'clusters/stage/values.yaml';
const stage = automated(await readFile(join(repositoryRoot, file), 'utf8'));
const platform = (await readFile(join(repositoryRoot, 'platform.yaml'), 'utf8')).replace(
  /# remote: \S+.*/,
  'remote: https://git.example.test/platform',
);

it('takes an image into Flux’s hands', async () => {
  const root = await copiedRepository({ [file]: stage, 'platform.yaml': platform });
  const { values } = await loadEnvironment({ root }, 'stage');
  expect(values.apps['trades']?.image).toMatchObject({ tag: '0.1.0', automation: true });
});

it.each([
  ['without a remote', stage, platform.replace(/ remote: .*/, ''), /platform\.yaml names no git\.remote/, 12],
  [
    'where the controllers cannot come from',
    stage.replace(
      'engine: existing\ncluster:\n  context: acme-stage',
      'engine: embedded\ncluster:\n  nodes: 2',
    ),
    platform,
    /engine is embedded: Flux's two image controllers come as images .*; they cannot be built here/,
    12,
  ],
  [
    'of a job',
    stage.replace(
      '  backfill:\n    image: { tag: 0.1.0 }',
      '  backfill:\n    image: { tag: 0.1.0, automation: true }',
    ),
    platform,
    /backfill is a job: another image would run it again/,
    16,
  ],
  [
    'without a marker',
    stage.replace(/ # \{.*/, ''),
    platform,
    /the line of apps\.trades\.image\.tag .* does not end in the marker/,
    11,
  ],
  [
    "with another environment's marker",
    stage.replace('trades-stage:tag', 'trades-prod:tag'),
    platform,
    /does not end in the marker/,
    11,
  ],
  [
    'with a range that is none',
    stage.replace('automation: true', 'automation: true\n      range: newest'),
    platform,
    /apps\.trades\.image\.range is "newest"/,
    13,
  ],
])('refuses that %s, with its place', async (_, values, settings, message, line) => {
  const root = await copiedRepository({ [file]: values, 'platform.yaml': settings });
  await expect(loadEnvironment({ root }, 'stage')).rejects.toMatchObject({
    code: 'VALUES_INVALID',
    details: [{ place: { file, line }, message: expect.stringMatching(message) as string }],
  });
});
