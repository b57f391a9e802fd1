import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundledScript } from '../../testing/bundled-script.ts';
import {
  fileServer,
  firstBytes,
  inTurn,
  status,
  wholeFile,
  type FileServer,
} from '../../testing/file-server.ts';
import { temporaryTree } from '../../testing/temporary-tree.ts';
import { DownloadFailure } from './failure.ts';
import { save } from './save.ts';
import { systemTransport } from './transport.ts';

const content = Buffer.alloc(200_000, 'abcdefghij');
const timing = { firstByteMs: 400, answerMs: 400, idleMs: 900 }; // longer than the 300 ms after which `firstBytes` breaks off

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const verify = async (path: string): Promise<void> => {
  if (sha256(await readFile(path)) !== sha256(content))
    throw new DownloadFailure('corrupt', 'another sha256');
};

/** Downloads `/file` of the server into a new folder. */
async function download(
  server: Pick<FileServer, 'url'>,
  folder?: string,
  maxBytes = 1_000_000,
): Promise<{ folder: string; received: Buffer }> {
  const into = folder ?? (await temporaryTree({}));
  await save(systemTransport({}, timing), server.url('/file'), join(into, 'file'), { maxBytes, verify });
  return { folder: into, received: await readFile(join(into, 'file')) };
}

describe('save', () => {
  it('gives the file its name once it is whole, and leaves nothing beside it', async () => {
    const server = await fileServer();
    server.on('/file', content);

    const { folder, received } = await download(server);

    expect(received.equals(content)).toBe(true);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it.each([
    ['breaks off before its announced end', firstBytes(content, 50_000, 'break')],
    ['breaks off between two chunks', firstBytes(content, 50_000, 'break', { etag: '"one"' })],
    ['stalls', firstBytes(content, 50_000, 'stall')],
  ])('goes on from where an answer that %s', async (_, broken) => {
    const server = await fileServer();
    server.on('/file', inTurn(broken, wholeFile(content)));

    expect((await download(server)).received.equals(content)).toBe(true);
    expect(server.requests).toEqual(['GET /file', 'GET /file bytes=50000-']);
  });

  it.each([
    ['has no ranges', (): ReturnType<typeof status> => (_, response) => void response.end(content)],
    ['has another file by now', () => wholeFile(content, '"two"')],
    ['refuses the range', () => inTurn(status(416), wholeFile(content))],
    [
      'sends another range than was asked for',
      () => inTurn(status(206, { 'content-range': 'bytes 0-9/10' }), wholeFile(content)),
    ],
  ])('starts anew where the server %s', async (_, second) => {
    const server = await fileServer();
    server.on('/file', inTurn(firstBytes(Buffer.alloc(200_000, 'x'), 50_000, 'break'), second()));

    expect((await download(server)).received.equals(content)).toBe(true);
  });

  it('starts anew once when the part of an earlier run does not fit, whatever the server says', async () => {
    const server = await fileServer();
    server.on('/file', content);
    const note = JSON.stringify({ url: server.url('/file').href, validator: '"one"' });
    const folder = await temporaryTree({ 'file.partial': 'something else', 'file.partial.json': note });

    expect((await download(server, folder)).received.equals(content)).toBe(true);
    expect(server.requests).toEqual(['GET /file bytes=14-', 'GET /file']);
  });

  it('goes on with what a process left that was killed in the middle', async () => {
    const server = await fileServer();
    server.on('/file', inTurn(firstBytes(content, 120_000, 'stall'), wholeFile(content)));
    const folder = await temporaryTree({});
    const script = await bundledScript(`
      import { save } from '../ports/downloads/save.ts';
      import { systemTransport } from '../ports/downloads/transport.ts';
      const url = new URL('${server.url('/file').href}');
      await save(systemTransport({}), url, ${JSON.stringify(join(folder, 'file'))}, { maxBytes: 1e6, verify: async () => undefined });
    `);
    const child = fork(script);
    await expect
      .poll(
        async () =>
          stat(join(folder, 'file.partial')).then(
            ({ size }) => size,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(120_000);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));

    expect((await download(server, folder)).received.equals(content)).toBe(true);
    expect(server.requests).toEqual(['GET /file', 'GET /file bytes=120000-']);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it.each([
    ['401', status(401), /answers 401 \(not authorised\)$/],
    ['403', status(403), /answers 403 \(forbidden\)$/],
    ['404', status(404), /answers 404 \(not found\)$/],
    ['500 each time', status(500, { 'retry-after': '0' }), /answers 500, 3 times$/],
    [
      '429 and wants us back in an hour',
      status(429, { 'retry-after': '3600' }),
      /answers 429 and asks to come back in 3600 s$/,
    ],
    ['nothing but breaks', firstBytes(content, 0, 'break'), /breaks off after 0 bytes$/],
    ['more than it may', wholeFile(Buffer.alloc(2_000_000)), /larger than 1000000 bytes$/],
    [
      'more than it may, without saying so',
      ((_, response) => void response.write(Buffer.alloc(2_000_000))) satisfies ReturnType<typeof status>,
      /larger than 1000000 bytes$/,
    ],
    ['another content', wholeFile(Buffer.from('evil')), /another sha256/],
  ])('gives up on a server that answers %s', async (_, handler, reason) => {
    const server = await fileServer();
    server.on('/file', handler);
    const folder = await temporaryTree({});

    await expect(download(server, folder)).rejects.toMatchObject({
      name: 'DownloadFailure',
      message: expect.stringMatching(reason) as string,
    });
    expect(await readdir(folder)).not.toContain('file');
  });

  it.each([429, 503])('asks again after %i as soon as the server says', async (code) => {
    const server = await fileServer();
    server.on('/file', inTurn(status(code, { 'retry-after': '1' }), wholeFile(content)));
    const before = performance.now();

    await download(server);

    expect(server.requests).toHaveLength(2);
    expect(performance.now() - before).toBeGreaterThan(950);
  });

  it('gives up at once on a server that never answers, once it did not', async () => {
    const silent = createServer(() => undefined);
    let asked = 0;
    silent.on('connection', () => (asked += 1));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const url = new URL(`http://127.0.0.1:${String((silent.address() as AddressInfo).port)}/file`);
    const transport = systemTransport({}, timing);
    const path = join(await temporaryTree({}), 'file');
    const attempt = async (): Promise<void> =>
      expect(save(transport, url, path, { maxBytes: 1, verify })).rejects.toThrow(
        `${url.host} cannot be reached (no answer within 0.4 s)`,
      );

    await attempt();
    const once = asked;
    await attempt();

    expect(once).toBeGreaterThan(0);
    expect(asked).toBe(once);
  });

  it('gives up at once where nobody listens', async () => {
    await expect(download({ url: () => new URL('http://127.0.0.1:9/file') })).rejects.toMatchObject({
      kind: 'unreachable',
      message: '127.0.0.1:9 cannot be reached (ECONNREFUSED)',
    });
  });

  it('says so when the disk is full, and gives back the room', async ({ skip }) => {
    const folder = await temporaryTree({});
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      skip('needs root, to mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
    const server = await fileServer();
    server.on('/file', content);

    await expect(download(server, folder)).rejects.toMatchObject({
      code: 'DISK_FULL',
      hint: `df -h ${folder}`,
    });
    expect(await readdir(folder)).toEqual(['file.partial.json']);
    await writeFile(join(folder, 'other'), 'there is room');
  });
});
