import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { coreCount } from '../ports/machine.ts';
import { copiedRepository } from '../testing/copied-repository.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { renderNamed, renderTogether } from './render-together.ts';

const names = Array.from({ length: 60 }, (_, index) => `e${String(index).padStart(2, '0')}`);
const script = 'dist/render-thread.cjs';

/** A repository with those environments. */
async function repository(values: Readonly<Record<string, string>> = {}): Promise<string> {
  const all = names.map((name) => [`clusters/${name}/values.yaml`, values[name] ?? 'sizing: small\n']);
  return copiedRepository(Object.fromEntries(all) as Record<string, string>);
}

/** A home whose thread answers with the environments that it was asked for. */
const answering = `const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage(workerData.names.map((name) => ({ path: name, content: '', sources: [] })));`;

describe('renderTogether', () => {
  it.runIf(coreCount() > 1)('leaves a part of many environments to a thread', async () => {
    const [root, home] = [await repository(), await temporaryTree({ [script]: answering })];

    const files = await renderTogether({ root, home }, names);

    const byThread = files.map(({ path }) => path).filter((path) => names.includes(path));
    expect(byThread).toEqual(names.slice(50));
    expect(files.filter(({ path }) => path.startsWith('clusters/e49/')).length).toBeGreaterThan(0);
    expect(files.filter(({ path }) => path.startsWith('clusters/e50/'))).toEqual([]);
  });

  it('gives what one thread gives', async () => {
    const [root, home] = [await repository(), await temporaryTree({})];
    await build({
      entryPoints: [join(import.meta.dirname, 'render-thread.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: join(home, script),
    });

    expect(await renderTogether({ root, home }, names)).toEqual(await renderNamed({ root }, names));
  });

  it.each([
    ['that ends without an answer', ''],
    ['that fails', 'throw new Error("no memory")'],
  ])('does without a thread %s', async (_, content) => {
    const [root, home] = [await repository(), await temporaryTree({ [script]: content })];

    expect((await renderTogether({ root, home }, names)).length).toBeGreaterThan(0);
  });

  it('tells the errors of both halves at once', async () => {
    const root = await repository({ e01: 'sizing: tiny\n', e59: 'sizing: tiny\n' });

    const rendering = renderTogether({ root, home: await temporaryTree({}) }, names);

    await expect(rendering).rejects.toMatchObject({
      code: 'VALUES_INVALID',
      details: [
        { place: { file: 'clusters/e01/values.yaml' } },
        { place: { file: 'clusters/e59/values.yaml' } },
      ],
    });
  });
});
