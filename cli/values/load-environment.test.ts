import { describe, expect, it } from 'vitest';
import { copiedRepository } from '../testing/copied-repository.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { listEnvironments, loadEnvironment, loadEnvironments } from './load-environment.ts';

const file = 'clusters/dev/values.yaml';

/** The details of the error that these values give. */
async function detailsOf(values: string, others: Record<string, string | undefined> = {}): Promise<unknown> {
  const root = await copiedRepository({ [file]: values, ...others });
  const error: unknown = await loadEnvironment({ root }, 'dev').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'VALUES_INVALID' });
  return (error as { details: unknown }).details;
}

describe('loadEnvironment', () => {
  it('takes values.yaml over platform.yaml over the sizing profile over the schema', async () => {
    const root = await copiedRepository({
      'platform.yaml':
        'client: acme\nregistry: ghcr.io/x\ndefaults:\n  apps: { trades: { image: { tag: 1.0.0 }, logLevel: warn }, backfill: { image: { tag: 1.0.0 } }, prediction-api: { image: { tag: 1.0.0 } } }\n',
      'templates/apps/trades/sizing/small.yaml': 'replicas: 2\nlogLevel: error\nproductIds: [ADA/USD]\n',
      [file]: 'apps:\n  trades:\n    replicas: 3\n',
    });

    const environment = await loadEnvironment({ root }, 'dev');

    expect(environment).toMatchObject({
      name: 'dev',
      client: 'acme',
      registry: 'ghcr.io/x',
      git: { branch: 'main' },
    });
    expect(environment.values.apps['trades']).toMatchObject({
      replicas: 3, // values.yaml
      logLevel: 'warn', // platform.yaml
      productIds: ['ADA/USD'], // sizing
      enabled: true, // schema
      kafka: { topic: 'trades' }, // schema, below a map that nobody wrote
      image: { repository: 'ghcr.io/x/trades', tag: '1.0.0' },
    });
    expect(environment.placeOf(['apps', 'trades', 'replicas'])).toEqual({ file, line: 3, column: 15 });
    expect(environment.placeOf(['apps', 'trades', 'logLevel'])).toMatchObject({
      file: 'platform.yaml',
      line: 4,
    });
    expect(environment.placeOf(['apps', 'trades', 'productIds'])).toMatchObject({
      file: 'templates/apps/trades/sizing/small.yaml',
    });
    expect(environment.placeOf(['apps', 'trades', 'enabled'])).toBeUndefined();
  });

  it('lists all errors at once, each with place, path, what is allowed and a guess', async () => {
    const details = await detailsOf(
      'sizeing: small\nengine: embeded\ncluster: { nodes: many }\napps:\n  trades:\n    imagee: { tag: 1.0.0 }\n    replicas: -1\n    resources: { requests: { cpu: 1 } }\n',
    );

    expect(details).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          place: { file, line: 1, column: 1 },
          message: 'sizeing is not known; did you mean sizing?',
        }),
        expect.objectContaining({
          place: { file, line: 2, column: 9 },
          message: 'engine is "embeded"; allowed: auto, kind, embedded, existing; did you mean embedded?',
        }),
        expect.objectContaining({
          place: { file, line: 3, column: 19 },
          message: 'cluster.nodes is "many"; it must be an integer',
        }),
        expect.objectContaining({
          place: { file, line: 6, column: 5 },
          message: 'apps.trades.imagee is not known; did you mean image?',
        }),
        expect.objectContaining({
          place: { file, line: 7, column: 15 },
          message: 'apps.trades.replicas is -1; it must be >= 0',
        }),
        expect.objectContaining({ place: { file, line: 8, column: 35 }, hint: 'Write it in quotes: "1"' }),
      ]),
    );
    expect(details).toHaveLength(6);
  });

  it.each([
    ['an app that is none', 'apps: { trade: {} }', 'apps.trade is not known; did you mean trades?'],
    [
      'a pattern',
      'apps: { trades: { image: { tag: latest } } }',
      'apps.trades.image.tag is "latest"; it must be a semantic version such as 0.1.0',
    ],
    [
      'a tag that is a semantic version and no label',
      'apps: { trades: { image: { tag: 1.0.0-- } } }',
      'apps.trades.image.tag is "1.0.0--"; it must be a semantic version such as 0.1.0',
    ],
    [
      'a list of too few',
      'apps: { trades: { productIds: [] } }',
      'apps.trades.productIds is an empty list; it must NOT have fewer than 1 items',
    ],
    [
      'an item of a list',
      'apps: { trades: { productIds: [BTC/USD, btc] } }',
      'apps.trades.productIds[1] is "btc"; it must be a trading pair such as BTC/USD',
    ],
    [
      'a profile that is none',
      'sizing: smal',
      'sizing is "smal"; allowed: production, small; did you mean small?',
    ],
  ])('refuses %s, with its place', async (_, values, message) => {
    const details = await detailsOf(`\n${values}\n`);

    expect(details).toEqual([
      expect.objectContaining({
        place: expect.objectContaining({ file }) as unknown,
        message: expect.stringContaining(message) as unknown,
      }),
    ]);
  });

  it('reports errors of platform.yaml together with those of values.yaml', async () => {
    const platform =
      'client: Acme_1\nregistry: ghcr.io/x\ndefaults: { apps: { trades: { image: { tag: 1 } }, backfill: { image: { tag: 1.0.0 } }, prediction-api: { image: { tag: 1.0.0 } } } }\n';

    expect(await detailsOf('engine: none\n', { 'platform.yaml': platform })).toEqual([
      expect.objectContaining({ place: { file, line: 1, column: 9 } }),
      expect.objectContaining({ place: { file: 'platform.yaml', line: 1, column: 9 } }),
      expect.objectContaining({ place: { file: 'platform.yaml', line: 3, column: 45 } }),
    ]);
  });

  it('lists once what several environments share', async () => {
    const root = await copiedRepository({
      'platform.yaml': 'client: acme\nregistry: ghcr.io/x\nregistri: y\n',
      [file]: '{}\n',
      'clusters/prod/values.yaml': 'sizing: production\n',
    });

    const error = (await loadEnvironments({ root }).catch((thrown: unknown) => thrown)) as {
      details: { message: string }[];
    };

    expect(error.details.filter(({ message }) => message.startsWith('registri '))).toHaveLength(1);
  });

  it.each(['', '# sizing: small\n', '---\n', 'null\n'])(
    'refuses a file without values, which would take components and images away: %j',
    async (content) => {
      const root = await copiedRepository({ [file]: content });

      await expect(loadEnvironment({ root }, 'dev')).rejects.toMatchObject({
        code: 'VALUES_INVALID',
        message: expect.stringContaining(`${file} has no values`) as unknown,
        hint: `git restore ${file}; or write {} into it, where all defaults are meant`,
        details: [{ place: { file, line: 1, column: 1 } }],
      });
    },
  );

  it('takes all defaults where {} says so', async () => {
    const root = await copiedRepository({ [file]: '# all defaults\n{}\n' });

    const { values } = await loadEnvironment({ root }, 'dev');

    expect(values).toMatchObject({ sizing: 'small', engine: 'auto', apps: { trades: { enabled: true } } });
  });

  it('guesses the environment that was meant', async () => {
    const root = await copiedRepository({ [file]: '' });

    await expect(loadEnvironment({ root }, 'devv')).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
      hint: 'Did you mean dev?',
    });
    await expect(loadEnvironment({ root }, 'Dev')).rejects.toMatchObject({ hint: 'Did you mean dev?' });
    await expect(loadEnvironment({ root }, '../clusters/dev')).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
    });
    await expect(loadEnvironment({ root: `${root}/clusters` }, 'dev')).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
    });
  });
});

describe('this repository', () => {
  it('has three environments without errors', async () => {
    const environments = await loadEnvironments({ root: repositoryRoot });

    expect(environments.map(({ name }) => name)).toEqual(expect.arrayContaining(['dev', 'prod', 'stage']));
    const prod = environments.find(({ name }) => name === 'prod');
    expect(prod?.values).toMatchObject({ protected: true, engine: 'existing' });
  });

  it('finds environments by their values files', async () => {
    const root = await copiedRepository({ [file]: '', 'clusters/old/flux/trades.yaml': 'a: 1\n' });

    expect(await listEnvironments(root)).toEqual(['dev']);
  });
});
