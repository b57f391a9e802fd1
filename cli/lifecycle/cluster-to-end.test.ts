import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Deps } from '../ports/deps.ts';
import type { Run } from '../ports/run.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { refused } from '../testing/refused.ts';
import { writeTree } from '../testing/temporary-tree.ts';
import { environmentToEnd, openClusterToEnd } from './cluster-to-end.ts';
import { requireUnprotected } from './protection.ts';

/** A repository whose dev has these values, on a machine where clusters of these environments were made. */
async function machine(values: string | undefined, ...recorded: string[]): Promise<Deps> {
  const root = await copiedRepository(values === undefined ? {} : { 'clusters/dev/values.yaml': values });
  const records = recorded.map(
    (name) => [`state/acme/${name}/cluster.json`, '{ "engine": "kind" }'] as const,
  );
  await writeTree(root, Object.fromEntries(records));
  return { root, home: root, locations: { state: join(root, 'state'), cache: root, config: root } } as Deps;
}

describe('environmentToEnd', () => {
  it.each([
    ['a schema error', 'sizzing: small\n', 'VALUES_INVALID'],
    ['no YAML', 'sizing: [\n', 'VALUES_SYNTAX'],
    ['no values', undefined, 'ENVIRONMENT_UNKNOWN'],
  ])('knows whose cluster it is where there is %s', async (_, values, code) => {
    expect(await environmentToEnd(await machine(values, 'dev'), 'dev')).toMatchObject({
      name: 'dev',
      client: 'acme',
      values: { protected: undefined },
      trouble: { code },
    });
  });

  it('is the whole environment where values are right', async () => {
    const environment = await environmentToEnd(await machine('sizing: small\n', 'dev'), 'dev');

    expect(environment).toMatchObject({ values: { protected: false, sizing: 'small' } });
    expect(environment).not.toHaveProperty('trouble');
  });

  it('says what is wrong with values where there is no cluster, as they alone name one elsewhere', async () => {
    const deps = await machine('sizzing: small\n', 'stage');

    expect(await refused(environmentToEnd(deps, 'dev'))).toMatchObject({ code: 'VALUES_INVALID' });
    expect(await refused(environmentToEnd(deps, '../acme/stage'))).toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
    });
  });

  it('guesses no client: platform.yaml has to be right', async () => {
    const deps = await machine('sizing: small\n', 'dev');
    await writeTree(deps.root, { 'platform.yaml': 'client: acme\nregisty: ghcr.io/example\n' });

    expect(await refused(environmentToEnd(deps, 'dev'))).toMatchObject({ code: 'VALUES_INVALID' });
  });
});

it('takes a cluster of another client by its record, and never one elsewhere', async () => {
  const deps = await machine('engine: existing\ncluster: { context: work }\n', 'dev');
  await writeTree(deps.root, { 'state/old/dev/cluster.json': '{"engine":"embedded"}' });

  const cluster = await openClusterToEnd(deps, 'dev', 'old');
  expect(cluster.environment.client).toBe('old');
  expect(cluster.engine.name).toBe('embedded');
  expect(cluster.kept.directory).toBe(join(deps.root, 'state/old/dev.keep'));

  for (const client of ['older', '../state/old']) {
    expect(await refused(environmentToEnd(deps, 'dev', client))).toMatchObject({ code: 'CLUSTER_MISSING' });
  }
});

it('opens the cluster on the engine that it was made with, whatever values say', async () => {
  const run: Run = async () => Promise.resolve({ stdout: '', stderr: '', exitCode: 0 });

  const { engine, engineStatus } = await openClusterToEnd(
    { ...(await machine('engine: embeded\n', 'dev')), run },
    'dev',
  );

  expect([engine.name, engineStatus.state]).toEqual(['kind', 'stopped']); // recorded, and Docker has no node of it
});

describe('protection where values are wrong', () => {
  it.each([
    ['they say protected: true', 'protected: true\nsizzing: small\n', /^dev is protected/],
    [
      'they do not say it: the wrong key may be the one',
      'protcted: true\n',
      /^whether dev .*, as a value is wrong: protcted/,
    ],
    ['it is no boolean', 'protected: yes\n', /^whether dev is protected cannot be told/],
    ['there are none', undefined, /values\.yaml is not there; nothing was done$/],
  ])('holds where %s', async (_, values, message) => {
    const environment = await environmentToEnd(await machine(values, 'dev'), 'dev');

    expect(() => {
      requireUnprotected(environment, false);
    }).toThrow(message);
    requireUnprotected(environment, true);
  });

  it('does not hold where they say protected: false', async () => {
    const deps = await machine('protected: false\nsizzing: small\n', 'dev');

    requireUnprotected(await environmentToEnd(deps, 'dev'), false);
  });
});
