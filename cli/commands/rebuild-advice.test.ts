import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { writeJournal } from '../lifecycle/journal.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { rebuildAdvice } from './rebuild-advice.ts';

let journal: string;

beforeEach(async () => {
  journal = join(await temporaryTree({}), 'journal.json');
});

it('names the rebuild that is unfinished, and not a bootstrap that would throw its comparison away', async () => {
  const startedAt = '2026-01-01T00:00:00.000Z';
  await writeJournal(journal, {
    formatVersion: 1,
    operation: 'nuke-and-rebuild',
    startedAt,
    commit: 'a'.repeat(40),
    before: { takenAt: startedAt, objects: [] },
    phase: 'rebuilding',
  });

  expect(await rebuildAdvice(journal, 'dev')).toEqual({
    warnings: ['a nuke-and-rebuild of dev is unfinished; a bootstrap would end it without comparing'],
    next: ['platform nuke-and-rebuild dev'],
  });
});

it('tells of a record that cannot be read, and fails nothing', async () => {
  await writeFile(journal, '{"formatVersion": 2}');

  expect(await rebuildAdvice(journal, 'dev')).toEqual({
    warnings: [expect.stringMatching(/was written by a newer version.*: Read it, move it away/)],
    next: [],
  });
});

it('has nothing to say where none is unfinished', async () => {
  expect(await rebuildAdvice(journal, 'dev')).toBeUndefined();
});
