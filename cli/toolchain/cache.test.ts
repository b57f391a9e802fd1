import { stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { built, localProgram, toolMachine } from '../testing/tool-machine.ts';
import { cacheEntry, checkEntry, putIntoCache, type CacheEntry } from './cache.ts';

async function filledEntry(): Promise<CacheEntry> {
  const { deps, script, directory } = await toolMachine();
  const entry = cacheEntry(deps.locations, localProgram('tool'));
  await putIntoCache(entry, await script(directory, 'built', 'echo good'), 'tool', built);
  return entry;
}

describe('checkEntry', () => {
  it.each(['full', 'unless-unchanged'] as const)('finds what was put there good (%s)', async (how) => {
    expect(await checkEntry(await filledEntry(), how)).toBe('good');
  });

  it('is corrupt when the content changed, even with the same size and modification time', async () => {
    const entry = await filledEntry();
    const { mtime } = await stat(entry.program);
    await writeFile(entry.program, '#!/bin/sh\necho evil\n');
    await utimes(entry.program, mtime, mtime);

    expect(await checkEntry(entry, 'unless-unchanged')).toBe('corrupt');
    expect(await checkEntry(entry, 'full')).toBe('corrupt');
  });

  it('is corrupt when the digest was changed', async () => {
    const entry = await filledEntry();
    await writeFile(entry.digest, `${'0'.repeat(64)}  tool\n`);

    expect(await checkEntry(entry, 'unless-unchanged')).toBe('corrupt');
  });

  it('is absent without a digest, as after a crash between moving and recording', async () => {
    const { deps, script } = await toolMachine();
    const entry = cacheEntry(deps.locations, localProgram('tool'));
    await script(dirname(entry.program), 'tool', 'echo half');

    expect(await checkEntry(entry, 'full')).toBe('absent');
  });
});
