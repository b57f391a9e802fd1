import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../errors/platform-error.ts';
import { secretValue, storyObjects } from '../testing/dashboard-fixture.ts';
import type { ActionRequest } from './action-data.ts';
import { builtPage, servedFixture, type ServedFixture } from '../testing/dashboard-served.ts';

let served: ServedFixture;
let port: string;
let home: string;

beforeAll(async () => {
  home = await builtPage();
  served = await servedFixture(home, storyObjects(), {
    object: (id) => ({ id, yaml: 'kind: Any' }),
  });
  port = new URL(served.origin).port;
});
afterAll(async () => served.close());

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** As it is written: fetch would correct the Host and the path. */
async function send(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
  to = port,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: to, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const token = (): Record<string, string> => ({ Authorization: `Bearer ${served.token}` });
const json = { 'Content-Type': 'application/json' };

it('answers the page of this server, by each of its names', async () => {
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    const headers = { ...token(), Host: `${name}:${port}`, Origin: `http://${name}:${port}` };
    expect((await send('/api/meta', headers)).status).toBe(200);
  }
});

it.each([
  ['a forged Host', () => ({ ...token(), Host: `evil.test:${port}` }), 'this server has another name'],
  ['a Host without the port', () => ({ ...token(), Host: '127.0.0.1' }), 'this server has another name'],
  [
    'a foreign Origin',
    () => ({ ...token(), Origin: 'https://evil.test' }),
    'the request comes from another page',
  ],
  ['an Origin without a name', () => ({ ...token(), Origin: 'null' }), 'the request comes from another page'],
  [
    'another port of this machine as Origin',
    () => ({ ...token(), Origin: 'http://127.0.0.1:1' }),
    'the request comes from another page',
  ],
  [
    'a cross-site request',
    () => ({ ...token(), 'Sec-Fetch-Site': 'cross-site' }),
    'the request comes from another site',
  ],
  [
    'a same-site request',
    () => ({ ...token(), 'Sec-Fetch-Site': 'same-site' }),
    'the request comes from another site',
  ],
  ['no token', () => ({}), 'the token is missing or not that of this server'],
  [
    'a wrong token',
    () => ({ Authorization: 'Bearer wrong' }),
    'the token is missing or not that of this server',
  ],
  [
    'the token as a cookie',
    () => ({ Cookie: `token=${served.token}` }),
    'the token is missing or not that of this server',
  ],
] as const)('refuses a read with %s', async (_, headers, why) => {
  for (const path of ['/api/model', '/api/stream', '/api/object?id=x', '/api/export', '/api/none']) {
    const { status, body } = await send(path, headers());
    expect({ status, ...(JSON.parse(body) as object) }).toEqual({ status: 403, why });
  }
});

it('refuses the files of the page, too, under another name', async () => {
  for (const path of ['/', '/app.js', '/app.css'])
    expect((await send(path, { Host: `evil.test:${port}` })).status).toBe(403);
});

it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('has no route for %s', async (method) => {
  const huge = 'x'.repeat(20_000);
  for (const path of ['/api/action', '/api/model', '/'])
    expect(
      (await send(path, { ...token(), ...json, 'Content-Length': String(huge.length) }, method, huge)).status,
    ).toBe(405);
});

describe('an action', () => {
  const asked: ActionRequest[] = [];
  let acting: ServedFixture;
  const act = async (request: ActionRequest) => {
    asked.push(request);
    if (request.uid === 'old') throw new PlatformError('OBJECT_CHANGED', 'it has another uid', 'Look again');
    return { id: request.id, done: true, message: 'Applied', seconds: 1, warnings: [] };
  };
  const good = JSON.stringify({ verb: 'reconcile', id: 'Kustomization/f/a', uid: 'u', resourceVersion: '1' });
  const post = async (body: string, headers: Record<string, string>, to = acting): Promise<Answer> => {
    const length = { 'Content-Length': String(Buffer.byteLength(body)) };
    return send('/api/action', { ...length, ...headers }, 'POST', body, new URL(to.origin).port);
  };
  const own = (): Record<string, string> => ({ Authorization: `Bearer ${acting.token}`, ...json });

  beforeAll(async () => {
    acting = await servedFixture(home, storyObjects(), {
      actions: { act, missing: async () => ({}) },
    });
  });
  afterAll(async () => acting.close());
  beforeEach(() => void asked.splice(0));

  it('is done for the page of this server', async () => {
    const { status, body } = await post(good, {
      ...own(),
      Origin: acting.origin,
      'Sec-Fetch-Site': 'same-origin',
    });
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ done: true })]);
    expect(asked).toEqual([JSON.parse(good)]);
  });

  it.each([
    [403, 'without the token', { Authorization: '' }, good],
    [403, 'with the token of another server', { Authorization: 'Bearer wrong' }, good],
    [403, 'from another page', { Origin: 'https://evil.test' }, good],
    [403, 'from another site', { 'Sec-Fetch-Site': 'cross-site' }, good],
    [403, 'under another name', { Host: 'evil.test' }, good],
    [415, 'as a form sends it', { 'Content-Type': 'text/plain' }, good],
    [415, 'of no type', { 'Content-Type': '' }, good],
    [413, 'of more than 64 kB', {}, good + ' '.repeat(65_536)],
    [400, 'of no JSON', {}, '{'],
    [400, 'with a verb that is none', {}, good.replace('reconcile', 'delete')],
    [400, 'with an unknown field', {}, good.replace('}', ',"patch":"x"}')],
  ])('is refused with %i %s', async (status, _, headers, body) => {
    expect((await post(body, { ...own(), ...headers })).status).toBe(status);
    expect(asked).toEqual([]);
  });

  it('is refused where nobody says how long it is', async () => {
    const headers = { ...own(), 'Transfer-Encoding': 'chunked' };
    const { status } = await send('/api/action', headers, 'POST', good, new URL(acting.origin).port);
    expect(status).toBe(413);
    expect(asked).toEqual([]);
  });

  it('tells that an object was changed meanwhile', async () => {
    const { status, body } = await post(good.replace('"u"', '"old"'), own());
    expect([status, JSON.parse(body)]).toEqual([
      409,
      { why: 'it was changed meanwhile, look again; nothing was done' },
    ]);
  });

  it('has no route where the page only shows', async () => {
    expect((await post(good, { ...token(), ...json }, served)).status).toBe(404);
    for (const path of ['/api/rights', '/api/drift']) expect((await send(path, token())).status).toBe(404);
  });
});

it.each([
  '/../package.json',
  '/..%2fpackage.json',
  '/%2e%2e/package.json',
  '//app.js/../../package.json',
  '/app.js/../../../etc/passwd',
  '/api/../../etc/passwd',
  '/api/object/..%2f..',
  '/.git/config',
])('gives nothing for the path %s', async (path) => {
  const { status, body } = await send(path, token());
  expect(status).toBe(404);
  expect(body).toBe('{"why":"there is no such path"}');
});

it('lets the page load nothing from elsewhere, and no other page show or read it', async () => {
  for (const path of ['/', '/app.js', '/app.css', '/api/meta', '/none']) {
    const { headers } = await send(path, token());
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

it('needs no token for the three files of the page, which hold no data', async () => {
  for (const [path, type] of [
    ['/', 'text/html'],
    ['/app.js', 'text/javascript'],
    ['/app.css', 'text/css'],
  ] as const) {
    const { status, headers, body } = await send(path);
    expect([status, String(headers['content-type'])]).toEqual([200, expect.stringContaining(type)]);
    expect(body).not.toContain('prediction-api');
  }
});

it('never gives a value of a Secret', async () => {
  const encoded = Buffer.from(secretValue).toString('base64');
  for (const path of ['/api/model', '/api/export', '/api/object?id=Secret/ml/database', '/api/meta']) {
    const { status, body } = await send(path, token());
    expect(status).toBe(200);
    expect(body.includes(secretValue) || body.includes(encoded)).toBe(false);
  }
  expect((await send('/api/model', token())).body).toContain('Secret/ml/database');
});

it('has another token each time, and listens at the loopback interface alone', async () => {
  const { createServer } = await import('node:net');
  expect(served.token).toMatch(/^[\w-]{43}$/);
  expect(served.url).toBe(`${served.origin}/#t=${served.token}`);
  // Where a socket of all interfaces were open, this port could not be bound at another address of loopback.
  await new Promise<void>((resolve, reject) => {
    const other = createServer().once('error', reject);
    other.listen(Number(port), '127.0.0.2', () => other.close(() => resolve()));
  });
});
