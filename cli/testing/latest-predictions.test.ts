import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { repositoryRoot } from './repository-root.ts';

// The SQL that the risingwave component applies, on a real PostgreSQL. What is RisingWave's own, how the table is filled, is left
// out; there the view follows its table by itself, here it is refreshed.
const folder = join(repositoryRoot, 'infrastructure/configs/risingwave/base');
let database: PGlite;
let view: string;

beforeAll(async () => {
  const sources = await readFile(join(folder, 'sources.sql'), 'utf8');
  view = await readFile(join(folder, 'views.sql'), 'utf8');
  const table = /^CREATE TABLE [^;]*?^\)(?= WITH \()/m.exec(sources)?.[0];
  database = await PGlite.create();
  await database.exec(table ?? 'sources.sql makes no table');
}, 60_000); // PostgreSQL is compiled from WebAssembly, and makes its own cluster
afterAll(async () => database.close());
beforeEach(async () => {
  await database.exec(`DELETE FROM predictions; ${view}`);
});

async function predicted(...rows: [pair: string, at: string, price: number][]): Promise<void> {
  for (const row of rows) await database.query('INSERT INTO predictions VALUES ($1, $2, $3)', row);
  await database.exec('REFRESH MATERIALIZED VIEW latest_predictions');
}

async function latest(): Promise<unknown[]> {
  const { rows } = await database.query<{ pair: string; at: string; price: number }>(
    `SELECT pair, to_char(predicted_at AT TIME ZONE 'UTC', 'HH24:MI') AS at, price FROM latest_predictions ORDER BY pair`,
  );
  return rows.map(({ pair, at, price }) => [pair, at, price]);
}

it('has the latest prediction of each pair, and follows', async () => {
  await predicted(
    ['BTC/USD', '2026-01-01T10:00:00Z', 1],
    ['ETH/USD', '2026-01-01T10:00:00Z', 10],
    ['BTC/USD', '2026-01-01T10:05:00Z', 2],
  );
  expect(await latest()).toEqual([
    ['BTC/USD', '10:05', 2],
    ['ETH/USD', '10:00', 10],
  ]);

  await predicted(['ETH/USD', '2026-01-01T10:06:00Z', 11], ['SOL/USD', '2026-01-01T10:01:00Z', 100]);
  expect(await latest()).toEqual([
    ['BTC/USD', '10:05', 2],
    ['ETH/USD', '10:06', 11],
    ['SOL/USD', '10:01', 100],
  ]);
});

it('goes by when a prediction was made, not by when it came, in whatever time zone', async () => {
  await predicted(
    ['BTC/USD', '2026-01-01T12:30:00+02:00', 3],
    ['BTC/USD', '2026-01-01T10:29:00Z', 2], // late
  );

  expect(await latest()).toEqual([['BTC/USD', '10:30', 3]]);
});

it('has one row of a pair that was predicted twice at the same time', async () => {
  await predicted(['BTC/USD', '2026-01-01T10:00:00Z', 1], ['BTC/USD', '2026-01-01T10:00:00Z', 2]);

  expect(await latest()).toHaveLength(1);
});

it('can be made again, as the Job does when its files change', async () => {
  await predicted(['BTC/USD', '2026-01-01T10:00:00Z', 1]);

  await database.exec(view);

  expect(await latest()).toEqual([['BTC/USD', '10:00', 1]]);
});
