// `npm run fuzz -- [--runs 2000] [--seed 7]`: the tests of cli/e2e/clusters/fuzz.test.ts with more and other inputs. Without a seed, a new
// one each time; it is printed, and gives the same inputs again.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const [runs, seed] = [Number(values.runs ?? 1000), Number(values.seed ?? randomInt(2 ** 31))];
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run fuzz -- [--runs <number>] [--seed <number>]');
  process.exit(2);
}
console.log(`npm run fuzz -- --runs ${String(runs)} --seed ${String(seed)}`);
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--project', 'clusters', 'cli/e2e/clusters/fuzz.test.ts'],
  {
    stdio: 'inherit',
    env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed) },
  },
);
process.exitCode = status ?? 1;
