import { expect, it } from 'vitest';
import { recordedTerminal } from '../ports/terminal.fake.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { repositoryRoot } from '../testing/repository-root.ts';
import { formatMatrix } from './format-matrix.ts';
import { readMatrix } from './matrix.ts';

const compare = (...differences: string[]): string =>
  `client: acme\nregistry: r.example\ngit: {}\ndefaults: { flux: { interval: 5m } }\ncompare: { environments: [stage, prod], differences: [${differences.join(', ')}] }\n`;
const stage = 'sizing: small\napps: { trades: { replicas: 2, productIds: [BTC/USD] } }\n';
const prod = 'sizing: production\napps: { trades: { replicas: 2, productIds: [BTC/USD, ETH/USD] } }\n';

async function repository(platform: string): Promise<string> {
  return copiedRepository({
    'platform.yaml': platform,
    'clusters/stage/values.yaml': stage,
    'clusters/prod/values.yaml': prod,
  });
}

it('says of every value who says so, in each environment', async () => {
  const root = await repository(compare('sizing', 'apps.*.productIds'));

  const { rows, findings } = await readMatrix({ root });

  const row = (key: string) => rows.find((each) => each.key === key);
  const both = (cell: object) => expect.objectContaining({ stage: cell, prod: cell }) as unknown;
  expect(row('apps.trades.replicas')?.cells).toEqual(both({ value: 2, source: 'overridden' }));
  expect(row('flux.interval')?.cells).toEqual(both({ value: '5m', source: 'inherited' }));
  expect(row('flux.timeout')?.cells).toEqual(both({ value: '5m', source: 'default' }));
  expect(row('apps.trades.resources.requests.cpu')?.cells['prod']?.source).toBe('inherited');
  expect(row('apps.trades.productIds')?.same).toBe(false);
  expect(findings, 'the profiles may differ, since sizing may').toEqual([]);
});

it('finds where the two differ in a value that is not named, at the line that a person wrote', async () => {
  const { findings } = await readMatrix({ root: await repository(compare('sizing')) });

  expect(findings).toMatchObject([
    {
      message: 'apps.trades.productIds is ["BTC/USD","ETH/USD"] in prod and ["BTC/USD"] in stage',
      place: { file: 'clusters/prod/values.yaml', line: 2 },
      hint: expect.stringContaining('add apps.trades.productIds to compare.differences') as string,
    },
  ]);
});

it('takes what a profile sets for a difference where sizing is none that is named', async () => {
  const { findings } = await readMatrix({ root: await repository(compare('apps.*.productIds')) });

  const messages = findings.map(({ message }) => message.split(' ')[0]);
  expect(messages).toContain('sizing');
  expect(messages).toContain('apps.trades.resources.requests.cpu');
});

it('finds a name that is no value, and an environment that is not there', async () => {
  const { findings } = await readMatrix({
    root: await repository(compare('sizing', 'apps.*.productIds', 'apps.trades.replica')),
  });
  expect(findings).toMatchObject([
    { message: 'compare.differences names apps.trades.replica, and no environment has such a value' },
  ]);

  const root = await repository(compare().replace('stage, prod', 'stagee, prod'));
  await expect(readMatrix({ root })).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    hint: 'Did you mean stage?',
  });
});

it('shows the values that differ, and all of them where it is asked to', async () => {
  const matrix = await readMatrix({ root: await repository(compare('sizing')) });
  const short = formatMatrix(matrix, false, recordedTerminal());

  expect(short).toMatch(/^apps\.trades\.productIds +\S/m);
  expect(short).not.toContain('flux.interval');
  expect(short).toContain('✗ apps.trades.productIds is ');
  expect(formatMatrix(matrix, true, recordedTerminal())).toMatch(/^flux\.interval .*"5m" \^ +"5m" \^/m);
});

it('shows a block per value where a terminal is too narrow for the table', async () => {
  const matrix = await readMatrix({ root: await repository(compare('sizing')) });
  const at = (outColumns?: number): string[] =>
    formatMatrix(matrix, false, recordedTerminal([], { outColumns })).split('\n');

  const block = at(60);
  const start = block.indexOf('apps.trades.productIds');
  expect(block.slice(start, start + 4)).toEqual([
    'apps.trades.productIds',
    '  prod    ["BTC/USD","ETH/USD"] (overridden)',
    '  stage   ["BTC/USD"] (overridden)',
    expect.stringMatching(/^\S/),
  ]);
  expect(block).toContain('  prod    "2Gi" (inherited)');
  expect(block.join('\n')).not.toContain('flux.interval');
  expect(block.filter((line) => line.length > 60)).toEqual([]);
  expect(at(400)).toEqual(at());
});

it('finds nothing in this repository: prod is what stage rehearses', async () => {
  expect((await readMatrix({ root: repositoryRoot })).findings).toEqual([]);
});
