import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { locationsFrom } from '../ports/locations.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { checkOnce, type Checking } from './passed-checks.ts';

const file = 'clusters/dev/values.yaml';
const wrong = [{ message: 'wrong' }];
let folder: string;
let checks: number;
const passing = async (): Promise<[]> => {
  checks += 1;
  return Promise.resolve([]);
};
const open = (cache = folder): Checking =>
  checkOnce({ root: '/repository', home: folder, locations: locationsFrom({ HOME: cache }) });

beforeEach(async () => {
  folder = await temporaryTree({ 'dist/main.cjs': '' });
  checks = 0;
});

it('checks the same values once, also in the next command', async () => {
  await open()(file, ['schema', 1], passing);
  expect(await open()(file, ['schema', 1], passing)).toEqual([]);
  expect(checks).toBe(1);
});

it.each([
  ['values', file, ['schema', 2]],
  ['a schema', file, ['another', 1]],
  ['a file', 'platform.yaml', ['schema', 1]],
])('checks %s that it has not seen', async (_, name, held) => {
  await open()(file, ['schema', 1], passing);
  await open()(name, held, passing);
  expect(checks).toBe(2);
});

it('finds what is wrong each time, and does not take it for right later', async () => {
  for (let time = 0; time < 2; time += 1)
    expect(await open()(file, [1], async () => Promise.resolve(wrong))).toEqual(wrong);
});

it('checks again once the program was built anew, and always where it was never built', async () => {
  await open()(file, [1], passing);
  await writeFile(join(folder, 'dist/main.cjs'), 'another');
  await open()(file, [1], passing);
  expect(checks).toBe(2);

  await rm(join(folder, 'dist/main.cjs'));
  await open()(file, [1], passing);
  await open()(file, [1], passing);
  expect(checks).toBe(4);
});

it('does without a cache that cannot be written', async () => {
  expect(await open('/dev/null')(file, [1], passing)).toEqual([]);
});
