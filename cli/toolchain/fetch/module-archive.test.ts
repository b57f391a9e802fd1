import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemDownloads } from '../../ports/downloads/downloads.ts';
import { toolDeps } from '../../testing/real-tools.ts';
import { fileServer } from '../../testing/file-server.ts';
import { toolMachine } from '../../testing/tool-machine.ts';
import { assetDirectory, isIntact } from '../assets.ts';
import { caseEncoded } from './module-archive.ts';
import { goProxy, mirrorsFrom } from './mirrors.ts';

/** Like the machine of a person without Go: an empty PATH, an empty cache. */
async function withoutGo(env: NodeJS.ProcessEnv): Promise<typeof toolDeps> {
  const { deps } = await toolMachine();
  return { ...deps, home: toolDeps.home, downloads: systemDownloads(env) };
}

it('takes the stages out of the real module archive, without Go', { timeout: 120_000 }, async ({ skip }) => {
  const { GOPROXY, HTTPS_PROXY, NO_PROXY } = process.env;
  const deps = await withoutGo({ GOPROXY, HTTPS_PROXY, NO_PROXY });
  const places = mirrorsFrom(deps.downloads.settings)(`${goProxy}/x`);
  const reached = await Promise.all(
    places.map(async (place) => 'path' in place || deps.downloads.reaches(place.url.origin)),
  );
  if (!reached.includes(true)) skip('no Go module proxy can be reached from here');

  const directory = await assetDirectory(deps, 'kwok-stages');

  expect(await readFile(join(directory, 'pvc-provision.yaml'), 'utf8')).toContain('kind: Stage');
  expect(await readFile(join(directory, 'objects/storage-class.yaml'), 'utf8')).toContain(
    'kind: StorageClass',
  );
  expect(await isIntact(directory)).toBe(true);
  const withGo = await assetDirectory(toolDeps, 'kwok-stages');
  expect(await digestOf(join(directory, 'SHA256SUMS'))).toBe(await digestOf(join(withGo, 'SHA256SUMS')));
});

it('refuses an archive that go.sum does not know, and says what to do', async () => {
  const server = await fileServer();
  const zip = Buffer.from('504b0506'.padEnd(44, '0'), 'hex'); // an archive without files
  const { kwok } = JSON.parse(await readFile(join(toolDeps.home, 'versions.json'), 'utf8')) as {
    kwok: string;
  };
  server.on(`/sigs.k8s.io/kwok/@v/v${kwok}.zip`, zip);

  await expect(
    assetDirectory(await withoutGo({ GOPROXY: server.origin }), 'kwok-stages'),
  ).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: expect.stringContaining(
      'kwok-stages must be taken from Go modules, and Go is not on PATH',
    ) as string,
    details: [{ message: expect.stringMatching(/its hash is h1:.*, and go.sum has h1:/) as string }],
  });
});

it('says so where GOPROXY leaves no proxy', async () => {
  await expect(assetDirectory(await withoutGo({ GOPROXY: 'off' }), 'kwok-stages')).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    details: [{ message: expect.stringContaining('no place is named that could have') as string }],
  });
});

it('writes upper case as the module proxy protocol does', () => {
  expect(caseEncoded('github.com/Azure/go-autorest')).toBe('github.com/!azure/go-autorest');
});

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
