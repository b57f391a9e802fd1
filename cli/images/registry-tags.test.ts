import { beforeAll, describe, expect, it } from 'vitest';
import { systemDownloads } from '../ports/downloads/downloads.ts';
import { locationsFrom } from '../ports/locations.ts';
import { fileServer, status, type Handler } from '../testing/file-server.ts';
import { registryProgram, startRegistry } from '../testing/registry.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import { listTags, registryLacks } from './registry-tags.ts';

async function machine(config = '{}'): Promise<Parameters<typeof listTags>[0]> {
  const home = await temporaryTree({ '.docker/config.json': config });
  return { downloads: systemDownloads({}), locations: locationsFrom({ HOME: home }) };
}

describe('the tags of an image', () => {
  beforeAll(registryProgram, 600_000);

  it('come from a real registry that wants a token, page by page', async () => {
    const registry = await startRegistry();
    const config = await registry.pushBlob('team/trades', Buffer.from('{}'));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
      layers: [],
    };
    const tags = ['0.1.0', '0.1.1', '0.2.0-beta.20260131', '0.2.0', '1.0.0'];
    for (const tag of tags) await registry.pushManifest('team/trades', manifest, tag);

    expect((await listTags(await machine(), `${registry.host}/team/trades`, 2)).sort()).toEqual(tags.sort());
    await expect(listTags(await machine(), `${registry.host}/team/nothing`)).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
      message: `${registry.host} has no image ${registry.host}/team/nothing`,
    });

    const lacks = async (name: string): Promise<boolean> =>
      registryLacks(await machine(), `${registry.host}/team/${name}`, 5_000);
    expect(await lacks('trades:0.1.1')).toBe(false);
    expect(await lacks('trades:9.9.9')).toBe(true);
    expect(await lacks('nothing:0.1.1')).toBe(true);
  });

  it('are asked for with what docker login kept', async () => {
    const server = await fileServer();
    const host = new URL(server.origin).host;
    const auth = Buffer.from('ada:secret').toString('base64');
    server.on('/v2/t/tags/list', ({ headers }, response) => {
      const known = headers.authorization === `Basic ${auth}`;
      response.writeHead(known ? 200 : 401).end(JSON.stringify({ tags: ['1.0.0'] }));
    });

    const config = JSON.stringify({ auths: { [host]: { auth } } });
    expect(await listTags(await machine(config), `${host}/t`)).toEqual(['1.0.0']);
    await expect(listTags(await machine('{ broken'), `${host}/t`)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      hint: `docker login ${host}; where docker keeps passwords in a credential store, name the tag instead`,
    });
  });

  it.each([
    ['text', 'gives no list of tags'],
    ['{"tags":{}}', 'gives no list of tags'],
  ])('that are %s are refused', async (content, says) => {
    const server = await fileServer();
    server.on('/v2/t/tags/list', content);
    const host = new URL(server.origin).host;

    await expect(listTags(await machine(), `${host}/t`)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      message: `${host} ${says}`,
    });
  });

  it('are none where all were deleted, and an error where the registry fails or never ends', async () => {
    const server = await fileServer();
    const host = new URL(server.origin).host;
    server.on('/v2/none/tags/list', '{"tags":null}');
    server.on('/v2/broken/tags/list', status(500));
    let count = 0;
    server.on('/v2/endless/tags/list', (_, response) =>
      response.end(JSON.stringify({ tags: [String((count += 1))] })),
    );

    expect(await listTags(await machine(), `${host}/none`)).toEqual([]);
    await expect(listTags(await machine(), `${host}/broken`)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      hint: `Check that this machine reaches ${host}, or name the tag`,
    });
    await expect(listTags(await machine(), `${host}/endless`)).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
    });
  });
});

describe('a tag that may not be in its registry', () => {
  it.each([
    ['has no such tag', status(404), true],
    ['wants a login', status(401), false],
    ['forbids it', status(403), false],
    ['fails', status(500), false],
    ['asks to come back', status(503, { 'retry-after': '5' }), false],
    ['never answers', () => undefined, false],
    ['stops in the middle', (_, response) => void response.writeHead(200).write('{'), false],
  ] satisfies [string, Handler, boolean][])('where the registry %s', async (_, handler, lacks) => {
    const server = await fileServer();
    server.on('/v2/t/manifests/1.0.0', handler);
    const begun = performance.now();

    expect(await registryLacks(await machine(), `${new URL(server.origin).host}/t:1.0.0`, 300)).toBe(lacks);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it("is nobody's knowledge where nothing answers", async () => {
    expect(await registryLacks(await machine(), '127.0.0.1:1/t:1.0.0', 300)).toBe(false);
  });
});
