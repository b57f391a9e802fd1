import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEnvironment } from '../../build/build-environment.ts';
import { startApiServer, type ApiServer } from '../../testing/api-server.ts';
import { copiedRepository } from '../../testing/copied-repository.ts';
import { accept } from '../../testing/fuzz/accept.ts';
import { buildTogether, type Rendered } from '../../testing/fuzz/build-together.ts';
import { inputsFor, type Input } from '../../testing/fuzz/input.ts';
import { realRun, toolDeps } from '../../testing/real-tools.ts';
import { pinnedSchemas } from '../../toolchain/schemas.ts';
import { validateEnvironment } from '../../validate/validate-environment.ts';

// values → render → build → API server, with drawn inputs. `npm run fuzz -- --runs 2000 --seed 7` draws more and others.
const runs = Number(process.env['FUZZ_RUNS'] ?? 100);
const seed = Number(process.env['FUZZ_SEED'] ?? 42);
const run = realRun();
/** Environments per run of kustomize. */
const batchSize = 25;
/** Every so many accepted inputs, one goes the whole way of `platform validate`. */
const validateEvery = 20;

let server: ApiServer | undefined;
beforeAll(async () => {
  console.log(`fuzz: ${String(runs)} runs of each property, seed ${String(seed)}`);
  server = await startApiServer();
});
afterAll(async () => server?.stop());

const refusals: ApiServer['refusals'] = async (objects) => {
  if (!server) throw new Error('there is no API server');
  return server.refusals(objects);
};

/** What is wrong with what the program made of accepted inputs. */
async function faultsOf(root: string, cases: readonly Rendered[]): Promise<string[]> {
  return refusals(await buildTogether(run, root, cases));
}

/** The same for one input alone, as a property that fast-check can shrink a counterexample of. */
async function holds(root: string, input: Input): Promise<void> {
  const files = await accept(root, 'alone', input);
  if (!files || files.length === 0) return;
  const { kustomizations, fluxObjects } = await buildEnvironment({ root, run }, 'alone');
  const objects = [...fluxObjects, ...kustomizations.flatMap((one) => one.objects)];
  expect(await refusals(objects)).toEqual([]);
}

/** Draws inputs and looks at them many at a time; a batch with a fault is looked at one by one, and shrunk. */
async function checkAll(root: string, arbitrary: fc.Arbitrary<Input>): Promise<number> {
  const drawn = fc.sample(arbitrary, { numRuns: runs, seed });
  let accepted = 0;
  for (let start = 0; start < drawn.length; start += batchSize) {
    const cases: Rendered[] = [];
    let fault: string | undefined;
    for (const [index, input] of drawn.slice(start, start + batchSize).entries()) {
      const name = `e${String(start + index)}`;
      const files = await accept(root, name, input).catch((error: unknown) => {
        fault = String(error);
        return undefined;
      });
      if (files) cases.push({ name, files });
    }
    accepted += cases.length;
    fault ??= await faultsOf(root, cases).then(
      (faults) => faults[0],
      (error: unknown) => String(error),
    );
    if (fault === undefined) continue;
    for (let index = start; index < Math.min(start + batchSize, runs); index++) {
      const property = fc.asyncProperty(arbitrary, async (input) => holds(root, input));
      // The path of a drawn value is its number: shrinking begins there.
      await fc.assert(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: 120_000 });
    }
    throw new Error(`together, but not alone: ${fault}`);
  }
  return accepted;
}

describe('drawn values', () => {
  it('that are as the schemas want them are refused with a place, or give what the API server accepts', async () => {
    const root = await copiedRepository({});
    const accepted = await checkAll(root, (await inputsFor(root)).valid);
    console.log(`fuzz: ${String(accepted)} of ${String(runs)} valid inputs were accepted`);
    expect(accepted).toBeGreaterThan(runs / 3);
  }, 3_600_000);

  it('that are wrong in some place are refused with it, or harmless', async () => {
    const root = await copiedRepository({});
    const accepted = await checkAll(root, (await inputsFor(root)).wrong);
    console.log(`fuzz: ${String(accepted)} of ${String(runs)} wrong inputs were accepted`);
    expect(accepted).toBeLessThan(runs / 2);
  }, 3_600_000);

  it('that are accepted pass validation, but for what a person has to decide', async () => {
    const root = await copiedRepository({});
    const schemas = await pinnedSchemas(toolDeps);
    const { valid } = await inputsFor(root);
    const found: string[] = [];
    let accepted = 0;
    const property = fc.asyncProperty(valid, async (input) => {
      if (!(await accept(root, 'alone', input))) return;
      accepted += 1;
      const build = await buildEnvironment({ root, run }, 'alone');
      for (const { code, severity, message, place } of await validateEnvironment({ root, schemas }, build)) {
        if (severity === 'error') expect(place, message).toBeDefined();
        found.push(`${severity} ${code}`);
      }
    });
    await fc.assert(property, { seed, numRuns: Math.ceil(runs / validateEvery) });
    expect(accepted).toBeGreaterThan(0);
    console.log(`fuzz: findings ${JSON.stringify([...new Set(found)].sort())}`);
  }, 3_600_000);
});
