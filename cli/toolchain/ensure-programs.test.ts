import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordedProgress } from '../ports/progress.fake.ts';
import { localProgram, toolMachine, type ToolMachine } from '../testing/tool-machine.ts';
import { toolCache } from './cache.ts';
import { ensurePrograms } from './ensure-programs.ts';
import { listTools } from './list-tools.ts';
import { versions } from './versions.ts';

const program = (text: string): string => `package main\n\nfunc main() { println("${text}") }\n`;
const pinned = [localProgram('one'), localProgram('two')];

/** A `go` on PATH that writes down what it is asked and passes it on to the real one. */
async function recordingGo({ script, path, directory }: ToolMachine): Promise<() => Promise<string[]>> {
  const real = execFileSync('sh', ['-c', 'command -v go'], { encoding: 'utf8' }).trim();
  const log = join(directory, 'go.calls');
  await script(path, 'go', `echo "$1" >>'${log}'\nPATH='${process.env['PATH'] ?? ''}' exec '${real}' "$@"`);
  return async () => (await readFile(log, 'utf8')).trim().split('\n');
}

const silent = (): void => undefined;

describe('ensurePrograms', () => {
  it('builds what is nowhere, and afterwards takes it from the cache', async () => {
    const machine = await toolMachine({ one: program('first'), two: program('second') });
    const calls = await recordingGo(machine);
    const said: string[] = [];

    const paths = await ensurePrograms(machine.deps, ['one', 'two'], (d) => said.push(d), {
      programs: pinned,
    });
    const again = await ensurePrograms(machine.deps, ['one', 'two'], silent, { programs: pinned });

    expect(execFileSync('sh', ['-c', `"${paths.two}" 2>&1`], { encoding: 'utf8' })).toBe('second\n');
    expect(again).toEqual(paths);
    expect((await calls()).filter((call) => call === 'build')).toHaveLength(1);
    expect(said).toContain('counting the packages to compile');
    expect(said.at(-1)).toMatch(/linking 2 programs$/);
  });

  it('builds programs of one package once, as one file that behaves by the name it is started by', async () => {
    const byName =
      'package main\n\nimport ("os"; "path/filepath")\n\nfunc main() { println(filepath.Base(os.Args[0])) }\n';
    const machine = await toolMachine({ one: byName });
    await recordingGo(machine);
    const other = { ...localProgram('other'), package: localProgram('one').package };

    const paths = await ensurePrograms(machine.deps, ['one', 'other'], silent, {
      programs: [localProgram('one'), other],
    });

    const said = Object.values(paths).map((path) =>
      execFileSync('sh', ['-c', `"${path}" 2>&1`], { encoding: 'utf8' }),
    );
    expect(said).toEqual(['one\n', 'other\n']);
    expect((await stat(paths.one)).ino).toBe((await stat(paths.other)).ino);
    expect(await listTools(machine.deps, [localProgram('one'), other])).toMatchObject([
      { source: 'cache', notes: [] },
      { source: 'cache', notes: [] },
    ]);
  });

  it('builds a program with a go.mod of its own from that, beside those that share one', async () => {
    const machine = await toolMachine({ one: program('first') });
    const calls = await recordingGo(machine);
    const folder = join(machine.deps.home, 'cli/toolchain/go/k6');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'go.mod'), `module example.test/alone\n\ngo ${versions.go}\n`);
    await writeFile(join(folder, 'main.go'), program('alone'));
    const alone = { ...localProgram('alone'), package: 'example.test/alone', side: 'k6' as const };

    const paths = await ensurePrograms(machine.deps, ['one', 'alone'], silent, {
      programs: [localProgram('one'), alone],
    });

    expect(execFileSync('sh', ['-c', `"${paths.alone}" 2>&1`], { encoding: 'utf8' })).toBe('alone\n');
    expect((await calls()).filter((call) => call === 'build')).toHaveLength(2);
  });

  it('builds once when two run at the same time, and the second says whom it waits for', async () => {
    const machine = await toolMachine({ one: program('first') });
    const calls = await recordingGo(machine);
    const said: string[] = [];
    const ensure = async (): Promise<unknown> =>
      ensurePrograms(machine.deps, ['one'], (detail) => said.push(detail), { programs: pinned });

    const [first, second] = await Promise.all([ensure(), ensure()]);

    expect(second).toEqual(first);
    expect((await calls()).filter((call) => call === 'build')).toHaveLength(1);
    expect(said).toContain(`waiting for the platform command with pid ${process.pid}, which gets programs`);
  });

  it('builds again, aloud, when the cached file is not the one that was put there', async () => {
    const machine = await toolMachine({ one: program('first') });
    await recordingGo(machine);
    const progress = recordedProgress();
    const deps = { ...machine.deps, progress };
    const { one } = await ensurePrograms(deps, ['one'], silent, { programs: pinned });
    await writeFile(one, 'tampered');

    await ensurePrograms(deps, ['one'], silent, { programs: pinned });

    expect(progress.story).toEqual([
      `warn: ${one} is not the file that was put there (TOOL_CORRUPT): getting it again`,
    ]);
    expect(await readFile(one, 'utf8')).not.toBe('tampered');
  });

  it('leaves nothing that counts when the build fails, sweeps what a killed one left, and shows the reason', async () => {
    const machine = await toolMachine({ one: 'package main\n\nfunc main() { undefinedName() }\n' });
    await recordingGo(machine);
    const tools = toolCache(machine.deps.locations);
    await mkdir(join(tools, '.building-1', 'half'), { recursive: true });

    const building = ensurePrograms(machine.deps, ['one'], silent, { programs: pinned });

    await expect(building).rejects.toMatchObject({
      code: 'TOOL_BUILD_FAILED',
      message: expect.stringContaining('undefined: undefinedName') as string,
      hint: expect.stringContaining('example.test/tools/cmd/one') as string,
      log: join(tools, 'build.log'),
    });
    expect(await readdir(tools)).toEqual(['build.log']);
    expect(await readFile(join(tools, 'build.log'), 'utf8')).toContain('undefined: undefinedName');
  });

  it('says that the network is the matter when modules cannot be fetched', async () => {
    const machine = await toolMachine({ one: program('first') });
    const complaint =
      'go: example.test/x@v1.0.0: Get "https://proxy.test/x": dial tcp: lookup proxy.test: no such host';
    await machine.script(
      machine.path,
      'go',
      `[ "$1" = version ] && echo 'go version go1.26.0' || { echo '${complaint}' >&2; exit 1; }`,
    );

    await expect(ensurePrograms(machine.deps, ['one'], silent, { programs: pinned })).rejects.toMatchObject({
      code: 'TOOL_BUILD_FAILED',
      hint: expect.stringContaining('export GOPROXY=') as string,
    });
  });

  it.each([
    ['is not on PATH', undefined],
    ['is 1.20.1 (needed: ', "echo 'go version go1.20.1 linux/amd64'"],
  ])('cannot build when Go %s', async (reason, go) => {
    const machine = await toolMachine({ one: program('first') });
    if (go !== undefined) await machine.script(machine.path, 'go', go);

    const building = ensurePrograms(machine.deps, ['one'], silent, { programs: pinned });

    await expect(building).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining(reason) as string,
      hint: expect.stringContaining('PLATFORM_TOOLS_DIR') as string,
    });
  });
});
