import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copiedRepository } from '../testing/copied-repository.ts';
import { bumpRun } from './bump-run.ts';

const values = `# who edits this: people
sizing: small
apps:
  backfill:
    lastDays: 7 # days of history
    run: { 2-candles: 4 }
`;

it('raises the counter of one stage and leaves comments and everything else as they are', async () => {
  const root = await copiedRepository({ 'clusters/dev/values.yaml': values });

  expect(await bumpRun({ root }, 'dev', 'backfill', '2-candles', false)).toMatchObject({ from: 4, to: 5 });
  expect(await readFile(join(root, 'clusters/dev/values.yaml'), 'utf8')).toBe(
    values.replace('2-candles: 4', '2-candles: 5'),
  );
});

it('starts with the first stage, also where values say nothing of it, and writes nothing in a dry run', async () => {
  const root = await copiedRepository({ 'clusters/dev/values.yaml': 'sizing: small\n' });

  expect(await bumpRun({ root }, 'dev', 'backfill', undefined, true)).toMatchObject({
    stage: '1-trades',
    from: 1,
    to: 2,
  });
  expect(await readFile(join(root, 'clusters/dev/values.yaml'), 'utf8')).toBe('sizing: small\n');
});

it('names the stages there are when one is mistyped', async () => {
  const root = await copiedRepository({ 'clusters/dev/values.yaml': values });

  await expect(bumpRun({ root }, 'dev', 'backfill', '2-candle', false)).rejects.toMatchObject({
    code: 'APP_UNKNOWN',
    hint: 'Did you mean 2-candles?',
  });
});

it('fills a file that takes all defaults', async () => {
  const root = await copiedRepository({ 'clusters/dev/values.yaml': '# nothing yet\n{}\n' });

  await bumpRun({ root }, 'dev', 'backfill', undefined, false);
  const text = await readFile(join(root, 'clusters/dev/values.yaml'), 'utf8');
  expect(text).toContain('# nothing yet');
  expect(text).toContain('1-trades: 2');
});
