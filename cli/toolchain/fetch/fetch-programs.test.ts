import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Deps } from '../../ports/deps.ts';
import { systemDownloads } from '../../ports/downloads/downloads.ts';
import { thisMachine } from '../../ports/machine.ts';
import { recordedProgress } from '../../ports/progress.fake.ts';
import { bundledScript } from '../../testing/bundled-script.ts';
import { fileServer, status, type FileServer } from '../../testing/file-server.ts';
import { publishedFiles, publishedPrograms } from '../../testing/published-programs.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { toolMachine, type ToolMachine } from '../../testing/tool-machine.ts';
import { toolCache } from '../cache.ts';
import { ensurePrograms } from '../ensure-programs.ts';
import { formatTools, listTools } from '../list-tools.ts';
import { fillMirror } from './fill-mirror.ts';

// a real image is for linux alone; elsewhere these tests would have one program less
const { os, arch } = thisMachine();
const programs = publishedPrograms(os, arch).filter(({ image }) => image === undefined || os === 'linux');
const names = programs.map(({ name }) => name);
const timing = { firstByteMs: 500, answerMs: 500, idleMs: 500 };
const archive = `/github.com/example/tools/releases/download/v1.2.3/archived_${os}_${arch}.tar.gz`;
const silent = (): void => undefined;

async function upstream(): Promise<FileServer> {
  const server = await fileServer();
  for (const [path, content] of Object.entries(await publishedFiles(os, arch)))
    server.on(`/${path}`, content);
  return server;
}

interface WithoutGo {
  readonly directory: string;
  readonly deps: ToolMachine['deps'] &
    Pick<Deps, 'downloads'> & { progress: ReturnType<typeof recordedProgress> };
}

/** A machine whose PATH is empty, so without Go, that takes programs from a mirror. */
async function machineWith(mirror: string, env: NodeJS.ProcessEnv = {}): Promise<WithoutGo> {
  const { deps, directory } = await toolMachine();
  await writeFile(join(directory, 'cli/toolchain/go/go.sum'), '');
  const downloads = systemDownloads({ PLATFORM_TOOLS_MIRROR: mirror, ...env }, timing);
  return { directory, deps: { ...deps, downloads, progress: recordedProgress() } };
}

describe('ensurePrograms, without Go', () => {
  it('takes releases and images from a mirror, notes their digests, and leaves nothing else', async () => {
    const server = await upstream();
    const { deps } = await machineWith(server.origin);

    const paths = await ensurePrograms(deps, names, silent, { programs });

    const said = names.map((name) => execFileSync(paths[name] ?? '', { encoding: 'utf8' }).trim());
    expect(said).toEqual(names);
    expect((await readdir(toolCache(deps.locations))).sort()).toEqual([...names].sort());
    const rows = await listTools(deps, programs);
    expect(rows[0]?.origin).toEqual({
      source: 'download',
      from: `https:/${archive}`,
      digests: { file: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    });
    expect(formatTools(rows)).toMatch(/^archived +1.2.3 +cache \(downloaded, sha256:[0-9a-f]{12}…\)/m);
  });

  it('does not use a file with another checksum, says so aloud, and names every source in the error', async () => {
    const server = await upstream();
    server.on(archive, 'evil');
    const { deps } = await machineWith(server.origin);

    await expect(ensurePrograms(deps, names, silent, { programs })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringMatching(/^archived must be built, and Go is not on PATH/) as string,
      hint: expect.stringContaining('platform tools mirror') as string,
      details: [
        {
          message: expect.stringMatching(
            new RegExp(`^archived: ${server.origin}${archive}: its sha256 is`),
          ) as string,
        },
      ],
    });
    expect(deps.progress.story).toEqual([
      expect.stringMatching(/^warn: not used: .* its sha256 is .* was announced$/),
    ]);
    expect(await readdir(toolCache(deps.locations))).not.toContain('archived');
  });

  it('asks the next mirror where one has no file, a wrong one, or none at all', async () => {
    const [broken, server] = [await upstream(), await upstream()];
    broken.on(archive, 'evil');
    broken.on('/ghcr.io/v2/example/imaged/manifests/v1.2.3', status(403));
    const mirrors = `http://127.0.0.1:9,${broken.origin},${server.origin}`;
    const { deps } = await machineWith(mirrors);

    const paths = await ensurePrograms(deps, names, silent, { programs });

    expect(Object.keys(paths)).toEqual(names);
  });

  it('says what to do where PLATFORM_TOOLS_SOURCES leaves out to build', async () => {
    const { deps } = await machineWith(await temporaryTree({}), { PLATFORM_TOOLS_SOURCES: 'image' });

    await expect(ensurePrograms(deps, ['archived'], silent, { programs })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: 'archived cannot be downloaded, and PLATFORM_TOOLS_SOURCES leaves out to build',
    });
  });

  it.each([
    ['PLATFORM_TOOLS_SOURCES', 'download,magic', /has the word "magic"; it knows download, image, build/],
    ['PLATFORM_TOOLS_MIRROR', 'relative/folder', /no absolute folder/],
  ])('refuses a %s that makes no sense', async (variable, value, message) => {
    const { deps } = await machineWith('direct', { [variable]: value });

    await expect(ensurePrograms(deps, ['archived'], silent, { programs })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message) as string,
    });
  });

  it('downloads each file once when two processes want it at the same time', async () => {
    const server = await upstream();
    const { deps, directory } = await machineWith(server.origin);
    const script = await bundledScript(`
      import type { Deps } from '../../ports/deps.ts';
import { systemDownloads } from '../ports/downloads/downloads.ts';
      import { ensurePrograms } from '../toolchain/ensure-programs.ts';
      const downloads = systemDownloads({ PLATFORM_TOOLS_MIRROR: '${server.origin}' });
      const deps = { locations: ${JSON.stringify(deps.locations)}, home: ${JSON.stringify(directory)}, downloads };
      await ensurePrograms(deps, ${JSON.stringify(names)}, () => undefined, { programs: ${JSON.stringify(programs)} });
    `);

    const ends = [fork(script), fork(script)].map(async (child) => (await once(child, 'exit')) as unknown[]);

    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(server.requests.filter((request) => request === `GET ${archive}`)).toHaveLength(1);
  });
});

describe('fillMirror', () => {
  const noModules = { programs, modules: [] };

  it('makes a folder that gives the programs by itself, and that sha256sum accepts', async () => {
    const { deps } = await machineWith((await upstream()).origin);
    const folder = join(await temporaryTree({}), 'my mirror');

    const filled = await fillMirror(deps, folder, { os, arch }, noModules);

    expect(filled).toMatchObject({
      programs: names,
      unpublished: [],
      files: Object.keys(await publishedFiles(os, arch)).length,
    });
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: folder });
    const offline = await machineWith(folder);
    expect(Object.keys(await ensurePrograms(offline.deps, names, silent, { programs }))).toEqual(names);
  });

  it('goes on where it was stopped: what is there and right is not downloaded again', async () => {
    const server = await upstream();
    const folder = await temporaryTree({});
    const fill = async (): Promise<unknown> =>
      fillMirror((await machineWith(server.origin)).deps, folder, { os, arch }, noModules);
    server.on(archive, status(404));
    await expect(fill()).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      details: [{ message: `archived: ${server.origin}${archive} answers 404 (not found)` }],
    });
    for (const [path, content] of Object.entries(await publishedFiles(os, arch)))
      server.on(`/${path}`, content);
    const plain = join(folder, `github.com/example/tools/releases/download/v1.2.3/plain-${os}-${arch}`);
    await writeFile(plain, 'damaged since');
    const before = server.requests.length;

    await fill();

    const again = server.requests.slice(before);
    expect(again).toContain(`GET ${archive}`);
    expect(again.filter((request) => request.includes('/blobs/'))).toEqual([]);
    expect(await readFile(plain, 'utf8')).toContain('echo plain');
  });

  it('says which programs nobody publishes for the other machine', async () => {
    const { deps } = await machineWith((await upstream()).origin);

    const filled = await fillMirror(
      deps,
      await temporaryTree({}),
      { os: 'darwin', arch },
      { programs: programs.slice(2), modules: [] },
    );

    expect(filled).toMatchObject({ programs: [], unpublished: names.slice(2) });
  });

  it('refuses a folder that is a file', async () => {
    const { deps } = await machineWith('direct');
    const folder = join(await temporaryTree({ file: '' }), 'file');

    await expect(fillMirror(deps, folder, { os, arch }, noModules)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
