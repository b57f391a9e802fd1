import { expect, it } from 'vitest';
import { systemDownloads } from '../ports/downloads/downloads.ts';
import { locationsFrom } from '../ports/locations.ts';
import { fileServer, type FileServer } from '../testing/file-server.ts';
import { temporaryTree } from '../testing/temporary-tree.ts';
import type { Environment } from '../values/environment.ts';
import { warnOfNotPushed } from './not-pushed.ts';

/** What is said of an image of trades in stage, of which the registry has nothing. */
async function warnings(
  image: (host: string) => string,
  values: { engine?: string; mirrored?: boolean } = {},
): Promise<{ said: string[]; host: string; server: FileServer }> {
  const server = await fileServer(); // answers 404 to everything
  const { host } = new URL(server.origin);
  const registryMirrors = values.mirrored === true ? { [host]: 'http://mirror.example' } : {};
  const environment = {
    name: 'stage',
    values: { engine: values.engine ?? 'auto', cluster: { registryMirrors } },
  } as unknown as Environment;
  const locations = locationsFrom({ HOME: await temporaryTree({}) });
  const deps = { downloads: systemDownloads({}), locations };
  return { said: await warnOfNotPushed(deps, environment, 'trades', image(host)), host, server };
}

it('says that the registry has no such image, and the commands that bring it there or to kind', async () => {
  const { said, host } = await warnings((registry) => `${registry}/team/trades:9.9.9`);

  expect(said).toEqual([
    `${host} has no ${host}/team/trades:9.9.9, so pods cannot pull it (ImagePullBackOff) until it is pushed: ` +
      'platform image push trades --env stage --tag 9.9.9; ' +
      'on kind this does as well: platform image load trades --env stage --tag 9.9.9',
  ]);
});

it('says nothing of kind where the cluster exists elsewhere', async () => {
  const { said } = await warnings((host) => `${host}/team/trades:9.9.9`, { engine: 'existing' });

  expect(said).toEqual([expect.stringMatching(/platform image push trades --env stage --tag 9\.9\.9$/)]);
});

it.each([
  ['a demo', () => 'platform.local/trades:0.1.0', {}],
  ['a build that stays on this machine', (host: string) => `${host}/trades:0.1.5-dev.20260131`, {}],
  ['what simulated pods would run', (host: string) => `${host}/trades:9.9.9`, { engine: 'embedded' }],
  ['what nodes pull from a mirror', (host: string) => `${host}/trades:9.9.9`, { mirrored: true }],
])('asks no registry for %s', async (_, image, values) => {
  const { said, server } = await warnings(image, values);

  expect(said).toEqual([]);
  expect(server.requests).toEqual([]);
});
