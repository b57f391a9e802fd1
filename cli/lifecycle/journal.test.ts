import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { clearJournal, readJournal, writeJournal, type Journal } from './journal.ts';

const journal: Journal = {
  formatVersion: 1,
  operation: 'nuke-and-rebuild',
  startedAt: '2026-01-01T00:00:00.000Z',
  commit: 'a'.repeat(40),
  before: { takenAt: '2026-01-01T00:00:00.000Z', objects: [] },
  phase: 'destroying',
};
let path: string;

beforeEach(async () => {
  path = join(await temporaryTree({}), 'dev.keep/journal.json');
});

it('gives back what was written, for its owner only, until it is cleared', async () => {
  expect(await readJournal(path)).toBeUndefined();
  await writeJournal(path, journal);
  expect(await readJournal(path)).toEqual(journal);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await clearJournal(path);
  expect(await readJournal(path)).toBeUndefined();
});

it.each([
  ['half a file', '{"formatVersion": 1, "oper', 'is damaged'],
  ['another shape', '{"formatVersion": 1}', 'is damaged'],
  ['a newer format', '{"formatVersion": 2}', 'was written by a newer version'],
])('refuses %s and says how to move it away', async (_, text, message) => {
  await writeJournal(path, journal);
  await writeFile(path, text);
  const reading = readJournal(path);
  await expect(reading).rejects.toMatchObject({
    code: 'STATE_UNREADABLE',
    hint: expect.stringContaining(`mv ${path}`) as string,
  });
  await expect(reading).rejects.toThrow(message);
});
