import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemDownloads } from '../../ports/downloads/downloads.ts';
import { tarOf } from '../../testing/published-programs.ts';
import { digestOf, registryProgram, startRegistry, type Registry } from '../../testing/registry.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { fetchFromImage } from './image.ts';
import { mirrorsFrom } from './mirrors.ts';
import { createStore } from './store.ts';

const repository = 'fluxcd/tool';
const oci = 'application/vnd.oci.image';
const linux = { os: 'linux', arch: 'amd64' };

type Files = Readonly<Record<string, string>>;

/** Pushes an image of one platform. @param layers From the bottom up. @returns The digests of manifest and layers. */
async function pushImage(
  registry: Registry,
  layers: readonly Buffer[],
  tag?: string,
): Promise<{ manifest: string; layers: string[] }> {
  const config = Buffer.from('{}');
  const descriptor = async (
    mediaType: string,
    content: Buffer,
  ): Promise<{ mediaType: string; digest: string; size: number }> => ({
    mediaType,
    digest: await registry.pushBlob(repository, content),
    size: content.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: await descriptor(`${oci}.config.v1+json`, config),
    layers: await Promise.all(layers.map((content) => descriptor(`${oci}.layer.v1.tar+gzip`, content))),
  };
  return {
    manifest: await registry.pushManifest(repository, manifest, tag),
    layers: manifest.layers.map(({ digest }) => digest),
  };
}

async function fetchTool(registry: Registry, machine = linux): Promise<{ text: string; origin: unknown }> {
  const folder = await temporaryTree({ 'into/.keep': '' });
  const downloads = systemDownloads({ PLATFORM_TOOLS_MIRROR: `oci://${registry.host}` });
  const store = createStore(downloads, mirrorsFrom(downloads.settings), {
    folder: join(folder, 'blobs'),
    keep: false,
  });
  const layout = { registry: 'ghcr.io', repository, tag: 'v{version}' };
  const origin = await fetchFromImage(
    store,
    { name: 'tool', version: '1.2.3' },
    layout,
    machine,
    join(folder, 'into'),
  );
  return { text: await readFile(join(folder, 'into', 'tool'), 'utf8'), origin };
}

describe('fetchFromImage, from a real registry that wants a token', () => {
  beforeAll(registryProgram, 600_000);

  it('takes the program of the platform out of a multi-platform image, and notes every digest', async () => {
    const registry = await startRegistry();
    const base = gzipSync(await tarOf({ 'bin/sh': 'shell', 'usr/local/bin/tool': 'older' }));
    const intel = await pushImage(registry, [
      base,
      gzipSync(await tarOf({ 'usr/local/bin/tool': 'for intel' })),
    ]);
    const arm = await pushImage(registry, [base, await tarOf({ './usr/local/bin/tool': 'for arm' })]);
    const platform = (digest: string, architecture: string): object => ({
      mediaType: `${oci}.manifest.v1+json`,
      digest,
      size: 1,
      platform: { os: architecture === 'unknown' ? 'unknown' : 'linux', architecture },
    });
    const manifests = [
      platform(intel.manifest, 'unknown'),
      platform(intel.manifest, 'amd64'),
      platform(arm.manifest, 'arm64'),
    ];
    const index = await registry.pushManifest(
      repository,
      { schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests },
      'v1.2.3',
    );

    expect(await fetchTool(registry)).toEqual({
      text: 'for intel',
      origin: {
        source: 'image',
        from: 'ghcr.io/fluxcd/tool:v1.2.3',
        digests: { index, manifest: intel.manifest, layer: intel.layers[1] },
      },
    });
    expect((await fetchTool(registry, { os: 'linux', arch: 'arm64' })).text).toBe('for arm');
    expect(registry.tokens.requests).toHaveLength(2); // one for each of the two runs
    await expect(fetchTool(registry, { os: 'linux', arch: 'riscv64' })).rejects.toThrow(
      'is not there for linux/riscv64',
    );
    await expect(fetchTool(registry, { os: 'darwin', arch: 'arm64' })).rejects.toThrow(
      'holds a program for linux, not for darwin',
    );
  });

  it.each<[string, Files[], string | RegExp]>([
    ['from a lower layer where no other has it', [{ 'usr/bin/tool': 'below' }, { 'etc/x': 'x' }], 'below'],
    [
      'not where a layer above removed it',
      [{ 'usr/bin/tool': 'below' }, { 'usr/bin/.wh.tool': '' }],
      /has no bin\/tool/,
    ],
    [
      'not where a layer above removed its folder',
      [{ 'usr/bin/tool': 'below' }, { '.wh.usr': '' }],
      /has no bin\/tool/,
    ],
    [
      'not where a layer above emptied its folder',
      [{ 'usr/bin/tool': 'below' }, { 'usr/.wh..wh..opq': '' }],
      /has no bin\/tool/,
    ],
    [
      'from the layer that empties the folder itself',
      [{ 'usr/bin/tool': 'below' }, { 'usr/.wh..wh..opq': '', 'usr/bin/tool': 'above' }],
      'above',
    ],
    ['not where it is a link', [{ 'usr/bin/tool': '-> /bin/busybox' }], /bin\/tool is a link/],
    [
      'not under another name',
      [{ 'usr/bin/tool2': 'x', 'bin/tool/x': 'x', 'sbin-bin/tool': 'x' }],
      /has no bin\/tool/,
    ],
  ])('takes it %s', async (_, layers, expected) => {
    const registry = await startRegistry();
    await pushImage(
      registry,
      await Promise.all(layers.map(async (files) => gzipSync(await tarOf(files)))),
      'v1.2.3',
    );

    if (typeof expected === 'string') expect((await fetchTool(registry)).text).toBe(expected);
    else await expect(fetchTool(registry)).rejects.toThrow(expected);
  });

  it('refuses what it cannot read or does not find, and says why', async () => {
    const registry = await startRegistry();
    const missing = fetchTool(registry);
    await expect(missing).rejects.toThrow(/v2\/fluxcd\/tool\/manifests\/v1.2.3 answers 404/);

    await pushImage(registry, [Buffer.from('28b52ffd00112233', 'hex')], 'v1.2.3');
    await expect(fetchTool(registry)).rejects.toThrow(
      'compressed with zstd, which this program does not read',
    );

    await pushImage(registry, [Buffer.from('no archive at all'.repeat(100))], 'v1.2.3');
    await expect(fetchTool(registry)).rejects.toThrow(
      /the layer sha256:[0-9a-f]{64} of ghcr.io.*: it cannot be unpacked/,
    );
  });
});

it('refuses a manifest and a layer that are not what their digests say', async () => {
  const content = gzipSync(await tarOf({ 'bin/tool': 'evil' }));
  const good = `sha256:${'0'.repeat(64)}`;
  const manifest = JSON.stringify({ layers: [{ digest: good, size: content.length }] });
  const index = JSON.stringify({
    manifests: [{ digest: good, size: 1, platform: { os: 'linux', architecture: 'amd64' } }],
  });
  const at = (kind: string, reference: string): string =>
    `mirror/ghcr.io/v2/${repository}/${kind}/${reference}`;
  const fetchFrom = async (files: Files): Promise<unknown> => {
    const folder = await temporaryTree(files);
    const downloads = systemDownloads({ PLATFORM_TOOLS_MIRROR: join(folder, 'mirror') });
    const store = createStore(downloads, mirrorsFrom(downloads.settings), {
      folder: join(folder, 'x'),
      keep: false,
    });
    const layout = { registry: 'ghcr.io', repository, tag: 'v{version}' };
    return fetchFromImage(store, { name: 'tool', version: '1.2.3' }, layout, linux, folder);
  };

  await expect(
    fetchFrom({ [at('manifests', 'v1.2.3')]: index, [at('manifests', good)]: manifest }),
  ).rejects.toMatchObject({
    kind: 'corrupt',
    message: expect.stringContaining(`its digest is ${digestOf(Buffer.from(manifest))}`) as string,
  });
  await expect(
    fetchFrom({ [at('manifests', 'v1.2.3')]: manifest, [at('blobs', good)]: content.toString('latin1') }),
  ).rejects.toMatchObject({
    kind: 'corrupt',
    message: expect.stringContaining(`${good.slice(7)} was announced`) as string,
  });
  await expect(
    fetchFrom({
      [at('manifests', 'v1.2.3')]: JSON.stringify({ layers: [{ digest: 'sha256:../../x', size: 1 }] }),
    }),
  ).rejects.toThrow('names a digest that is no sha256');
});
