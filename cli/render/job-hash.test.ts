import { describe, expect, it } from 'vitest';
import { changeTree, copiedRepository } from '../testing/copied-repository.ts';
import { loadEnvironment } from '../values/load-environment.ts';
import { renderFiles, type RenderedFile } from './render-files.ts';

const values = 'clusters/dev/values.yaml';

async function render(root: string): Promise<RenderedFile[]> {
  return renderFiles({ root }, await loadEnvironment({ root }, 'dev'));
}

/** The hashes at the ends of the names of backfill's three Jobs. */
function jobHashes(files: readonly RenderedFile[]): string[] {
  return files.flatMap(({ content }) =>
    [...content.matchAll(/value: "backfill-.*-([0-9a-f]{10})"/g)].map(([, hash = '']) => hash),
  );
}

describe('the names of Jobs', () => {
  const job = 'apps/backfill/base/2-candles/job.yaml';

  it.each([
    ['the configuration', [true, true, true], { [values]: 'apps: { backfill: { lastDays: 8 } }' }],
    ['the image', [true, true, true], { [values]: 'apps: { backfill: { image: { tag: 0.2.0 } } }' }],
    [
      'the counter of the first stage',
      [true, true, true],
      { [values]: 'apps: { backfill: { run: { 1-trades: 2 } } }' },
    ],
    [
      'the counter of the second stage',
      [false, true, true],
      { [values]: 'apps: { backfill: { run: { 2-candles: 2 } } }' },
    ],
    [
      'the counter of the last stage',
      [false, false, true],
      { [values]: 'apps: { backfill: { run: { 3-indicators: 2 } } }' },
    ],
    ['another app', [false, false, false], { [values]: 'apps: { trades: { replicas: 2 } }' }],
    ['how Flux works', [false, false, false], { [values]: 'flux: { timeout: 9m }' }],
  ])('change with %s from that stage on', async (_, expected, change) => {
    const root = await copiedRepository({ [values]: '{}\n' });
    const before = jobHashes(await render(root));
    await changeTree(root, change);
    const after = jobHashes(await render(root));

    expect(before).toHaveLength(3);
    expect(after.map((hash, index) => hash !== before[index])).toEqual(expected);
  });

  it('change with the base of a stage from that stage on, and not with its comments', async () => {
    const text =
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: backfill-2-candles }\nspec: { template: { spec: { containers: [{ name: backfill, args: [a] }] } } }\n';
    const root = await copiedRepository({ [values]: '{}\n', [job]: text });
    const before = jobHashes(await render(root));

    await changeTree(root, { [job]: `# a comment\n\n${text}` });
    expect(jobHashes(await render(root))).toEqual(before);

    await changeTree(root, { [job]: text.replace('[a]', '[b]') });
    expect(jobHashes(await render(root)).map((hash, index) => hash !== before[index])).toEqual([
      false,
      true,
      true,
    ]);
  });
});
