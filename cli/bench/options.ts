import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Names of rows; all of them when there are none. */
  readonly only: readonly string[];
  /** In place of each row's own number. */
  readonly runs: number | undefined;
  /** Also what takes a quarter of an hour. */
  readonly cold: boolean;
  /** Compare with the committed table. */
  readonly check: boolean;
  readonly json: boolean;
  /** Write docs/benchmarks.json and the tables of docs/benchmarks.md. */
  readonly update: boolean;
}

/** @throws {TypeError} for what it does not know; the message says what. */
export function parseBenchOptions(args: readonly string[], rows: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string' },
      cold: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
    },
  });
  const only = values.only.flatMap((names) => names.split(','));
  const unknown = only.find((name) => !rows.includes(name));
  if (unknown !== undefined) throw new TypeError(`no row is called ${unknown}; there are ${rows.join(', ')}`);
  return { ...values, only, runs: values.runs === undefined ? undefined : positive('runs', values.runs) };
}

/** @throws {TypeError} */
export function positive(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`--${name} wants a number from 1 on, not ${text}`);
  return Number(text);
}

/** As {@link positive}; 0 is none. @throws {TypeError} */
export function noneOrMore(name: string, text: string): number {
  return text === '0' ? 0 : positive(name, text);
}
