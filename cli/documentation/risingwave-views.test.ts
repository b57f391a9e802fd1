import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { repositoryRoot } from '../testing/repository-root.ts';

// The SQL that RisingWave gets, on a real PostgreSQL. RisingWave fills the table from Kafka and keeps the view up to date by
// itself: here the table is filled by hand, and the view is refreshed.
const folder = join(repositoryRoot, 'infrastructure/configs/risingwave/base');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
let database: PGlite;

beforeAll(async () => {
  setFlagsFromString('--liftoff-only'); // to optimize all of PostgreSQL takes longer than these few lines of SQL
  database = await PGlite.create();
  await database.exec(withoutKafka(read('sources.sql')));
}, 120_000);
afterAll(async () => database.close());
beforeEach(async () => {
  await database.exec('TRUNCATE predictions');
  await database.exec(read('views.sql')); // each time anew, as a Job that runs again does
});

/** The columns as they are, without psql's commands and RisingWave's connector. */
function withoutKafka(sql: string): string {
  const adapted = sql.replaceAll(/^\\.*$/gm, '').replace(/\) WITH \([^)]*\) FORMAT PLAIN ENCODE JSON;/, ');');
  if (adapted.includes('connector')) throw new Error(`its source is written in another way now:\n${sql}`);
  return adapted;
}

type Prediction = [pair: string | null, at: string | null, price: number | null];

async function arrive(...predictions: Prediction[]): Promise<void> {
  for (const prediction of predictions)
    await database.query('INSERT INTO predictions VALUES ($1, $2, $3)', prediction);
}

async function latest(): Promise<unknown[]> {
  await database.exec('REFRESH MATERIALIZED VIEW latest_predictions');
  const { rows } = await database.query<{ pair: string; predicted_at: Date; price: number }>(
    'SELECT pair, predicted_at, price FROM latest_predictions ORDER BY pair',
  );
  return rows.map(({ pair, predicted_at, price }) => [pair, predicted_at.toISOString().slice(11, 19), price]);
}

const at = (time: string): string => `2026-01-01T${time}Z`;

it('holds one line per pair: the latest prediction of each', async () => {
  await arrive(
    ['BTC/USD', at('12:00:00'), 1],
    ['ETH/USD', at('12:00:05'), 20],
    ['BTC/USD', at('12:00:10'), 2],
    ['SOL/USD', at('11:00:00'), 300],
  );

  expect(await latest()).toEqual([
    ['BTC/USD', '12:00:10', 2],
    ['ETH/USD', '12:00:05', 20],
    ['SOL/USD', '11:00:00', 300],
  ]);
});

it('goes by the time of the prediction: one that arrives late changes nothing', async () => {
  await arrive(['BTC/USD', at('12:00:10'), 2]);
  expect(await latest()).toEqual([['BTC/USD', '12:00:10', 2]]);

  await arrive(['BTC/USD', at('12:00:00'), 1]);
  expect(await latest()).toEqual([['BTC/USD', '12:00:10', 2]]);

  await arrive(['BTC/USD', at('12:00:20'), 3]);
  expect(await latest()).toEqual([['BTC/USD', '12:00:20', 3]]);
});

it('compares instants, whatever zone they are written in', async () => {
  await arrive(['BTC/USD', '2026-01-01T13:30:00+02:00', 1], ['BTC/USD', '2026-01-01T12:00:00+00:00', 2]);

  expect(await latest()).toEqual([['BTC/USD', '12:00:00', 2]]);
});

it.each([[[1, 2]], [[2, 1]]])(
  'takes the higher of two at the same instant, in whatever order they arrive (%j)',
  async (prices) => {
    await arrive(...prices.map((price): Prediction => ['BTC/USD', at('12:00:00'), price]));

    expect(await latest()).toEqual([['BTC/USD', '12:00:00', 2]]);
  },
);

it('leaves out messages that lack the pair, the time or the price', async () => {
  await arrive(
    ['BTC/USD', at('12:00:00'), 1],
    ['BTC/USD', null, 7],
    ['BTC/USD', at('12:00:30'), null],
    [null, at('12:00:40'), 8],
    ['ETH/USD', null, 9],
  );

  expect(await latest()).toEqual([['BTC/USD', '12:00:00', 1]]);
});

it('is empty before the first prediction', async () => {
  expect(await latest()).toEqual([]);
});
