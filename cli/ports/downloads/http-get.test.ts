import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { bundledScript } from '../../testing/bundled-script.ts';
import { fileServer, status, type Handler } from '../../testing/file-server.ts';
import { systemDownloads } from './downloads.ts';
import { retryAfterMs } from './http-get.ts';

const timing = { firstByteMs: 500, answerMs: 500, idleMs: 300 };

/** Answers with the Authorization that it got. */
const echo: Handler = ({ headers }, response) => void response.end(headers.authorization ?? 'nobody');

const read = async (url: URL, authorization?: string, env: NodeJS.ProcessEnv = {}): Promise<string> =>
  (await systemDownloads(env, timing).read({ url, authorization }, { maxBytes: 1_000 })).toString();

describe('get', () => {
  it('follows redirects, and tells credentials to the origin that they are for only', async () => {
    const [asked, other] = [await fileServer(), await fileServer()];
    asked.on('/', status(302, { location: '/next' }));
    asked.on('/next', echo);
    asked.on('/away', status(307, { location: other.url('/next').href }));
    other.on('/next', echo);

    expect(await read(asked.url('/'), 'Basic secret')).toBe('Basic secret');
    expect(await read(asked.url('/away'), 'Basic secret')).toBe('nobody');
  });

  it.each([
    ['/loop', /redirects more than 5 times$/],
    ['file:///etc/passwd', /redirects to where it may not$/],
    ['https://', /redirects to where it may not$/],
  ])('does not follow a redirect to %s', async (location, reason) => {
    const server = await fileServer();
    server.on('/loop', status(301, { location }));

    await expect(read(server.url('/loop'))).rejects.toThrow(reason);
  });

  it('goes through the proxy of the environment, though not to this machine', async () => {
    const [proxy, server] = [await fileServer(), await fileServer()];
    server.on('/', echo);

    expect(await read(server.url('/'), undefined, { HTTP_PROXY: proxy.origin })).toBe('nobody');
    await expect(
      read(new URL('http://upstream.test/'), undefined, { HTTP_PROXY: proxy.origin }),
    ).rejects.toThrow();
    expect(server.requests).toEqual(['GET /']);
    expect(proxy.requests.join()).toContain('http://upstream.test/');
  });

  it('lets the process end soon after a proxy did not answer', async () => {
    const script = await bundledScript(`
      import { createServer } from 'node:net';
      import { systemDownloads } from '../ports/downloads/downloads.ts';
      const proxy = createServer(() => undefined).listen(0, '127.0.0.1', async () => {
        const env = { HTTPS_PROXY: 'http://127.0.0.1:' + proxy.address().port };
        const downloads = systemDownloads(env, { firstByteMs: 300, answerMs: 300, idleMs: 300 });
        const reached = await downloads.reaches('https://upstream.test');
        proxy.close();
        process.send(reached);
      });
    `);
    const child = fork(script);
    const [reached] = (await once(child, 'message')) as unknown[];
    child.disconnect();
    const before = performance.now();
    await once(child, 'exit');

    expect(reached).toBe(false);
    expect(performance.now() - before).toBeLessThan(5_000); // it was five minutes once
  });

  it('shows no user, password or query of an address in its messages', async () => {
    const server = await fileServer();
    const url = new URL('/x?token=hidden', server.origin.replace('http://', 'http://ada:hidden@'));

    await expect(read(url)).rejects.toThrow(`${server.origin}/x answers 404 (not found)`);
  });

  it('takes an answer of small size only', async () => {
    const server = await fileServer();
    server.on('/', 'x'.repeat(1_001));

    await expect(read(server.url('/'))).rejects.toThrow('is larger than 1000 bytes');
  });
});

describe('a container registry that wants a token', () => {
  it('gets an anonymous one from where the registry says, once for all', async () => {
    const [registry, tokens] = [await fileServer(), await fileServer()];
    const challenge = `Bearer realm="${tokens.url('/token').href}",service="test",scope="repository:a/b:pull"`;
    registry.on('/v2/a', ({ headers }, response) => {
      if (headers.authorization === 'Bearer given') response.end('manifest');
      else response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    tokens.on(
      '/token',
      ({ headers }, response) =>
        void response.end(headers.authorization === undefined ? '{"access_token":"given"}' : 'leaked'),
    );
    const downloads = systemDownloads({}, timing);
    const place = { url: registry.url('/v2/a'), authorization: 'Basic secret' };

    expect((await downloads.read(place, { maxBytes: 100 })).toString()).toBe('manifest');
    expect((await downloads.read(place, { maxBytes: 100 })).toString()).toBe('manifest');
    expect(tokens.requests).toEqual(['GET /token?service=test&scope=repository%3Aa%2Fb%3Apull']);
  });

  it.each([
    ['no token', '{}', /gives no token$/],
    ['one that would break a header', JSON.stringify({ token: 'a\r\nb' }), /gives no token$/],
  ])('is given up on when it gives %s', async (_, answer, reason) => {
    const server = await fileServer();
    server.on('/v2/', status(401, { 'www-authenticate': `Bearer realm="${server.url('/token').href}"` }));
    server.on('/token', answer);

    await expect(read(server.url('/v2/'))).rejects.toThrow(reason);
  });
});

it.each([
  ['7', 7_000],
  ['Thu, 01 Jan 1970 00:00:30 GMT', 20_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('reads Retry-After: %s', (header, ms) => {
  expect(retryAfterMs(header, 10_000)).toBe(ms);
});
