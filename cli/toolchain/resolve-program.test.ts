import { describe, expect, it } from 'vitest';
import { built, localProgram, toolMachine } from '../testing/tool-machine.ts';
import { cacheEntry, putIntoCache } from './cache.ts';
import { firstVersion, resolveProgram } from './resolve-program.ts';

const tool = localProgram('tool');

describe('resolveProgram', () => {
  it('prefers the named folder, whatever version it holds, to PATH and cache', async () => {
    const { deps, script, named, path } = await toolMachine();
    const file = await script(named, 'tool', 'echo v9.9.9');
    await script(path, 'tool', 'echo v1.2.3');

    expect(await resolveProgram(deps, tool, 'full')).toMatchObject({ source: 'directory', path: file });
  });

  it('takes the pinned version on PATH before the cache', async () => {
    const { deps, script, path, directory } = await toolMachine();
    const file = await script(path, 'tool', 'echo "tool version v1.2.3 linux/amd64"');
    await putIntoCache(
      cacheEntry(deps.locations, tool),
      await script(directory, 'built', ':'),
      'tool',
      built,
    );

    expect(await resolveProgram(deps, tool, 'full')).toMatchObject({ source: 'path', path: file });
  });

  it('passes over another version on PATH, says so, and takes the cached one', async () => {
    const { deps, script, path, directory } = await toolMachine();
    const other = await script(path, 'tool', 'echo v1.2.4');
    const entry = cacheEntry(deps.locations, tool);
    await putIntoCache(entry, await script(directory, 'built', ':'), 'tool', built);

    expect(await resolveProgram(deps, tool, 'full')).toMatchObject({
      source: 'cache',
      path: entry.program,
      ignored: [{ path: other, version: '1.2.4' }],
    });
  });

  it('passes over a program on PATH that fails when asked for its version', async () => {
    const { deps, script, path } = await toolMachine();
    const broken = await script(path, 'tool', 'echo v1.2.3; exit 1');

    const found = await resolveProgram(deps, tool, 'full');

    expect(found).toMatchObject({ source: 'build', ignored: [{ path: broken, version: undefined }] });
  });

  it('asks Go for the version of a program that has no flag for it', async () => {
    const { deps, script, path } = await toolMachine();
    const file = await script(path, 'tool', 'exit 1');
    await script(
      path,
      'go',
      `printf '%s: go1.26.0\\n\\tpath\\tx\\n\\tmod\\texample.test/tools\\tv1.2.3\\th1:a\\n' "$3"`,
    );

    const found = await resolveProgram(deps, { ...tool, versionArgs: undefined }, 'full');

    expect(found).toMatchObject({ source: 'path', path: file });
  });
});

describe('firstVersion', () => {
  it.each([
    ['Client Version: v1.30.1\nKustomize Version: v5.0.4', '1.30.1'],
    ['etcd Version: 3.5.0\nGit SHA: none', '3.5.0'],
    ['git version 2.39.5 (Apple Git-154)', '2.39.5'],
    ['v1.30.1+k3s1', '1.30.1+k3s1'],
    ['no version here', undefined],
  ])('reads %j as %s', (text, version) => {
    expect(firstVersion(text)).toBe(version);
  });
});
