import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchKinds, type ClusterChange } from './kube-watch.ts';

const pods = { apiVersion: 'v1', kind: 'Pod', plural: 'pods' };
const thing = (name: string, resourceVersion: string): object => ({
  metadata: { name, namespace: 'ml', resourceVersion },
});

let folder: string;
let server: Server;
let requests: string[];
let answers: ((request: IncomingMessage, response: ServerResponse) => void)[];
let stopping: AbortController;
let done: Promise<void>;
let changes: ClusterChange[];

const list =
  (version: string, ...names: readonly string[]) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(200).end(
      JSON.stringify({
        items: names.map((name) => thing(name, '1')),
        metadata: { resourceVersion: version },
      }),
    );
/** Lines of a watch, in pieces that end anywhere; then the server ends it, or leaves it open. */
const stream =
  (pieces: readonly string[], end: 'ends' | 'stays' | 'breaks' = 'ends') =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200);
    for (const piece of pieces) response.write(piece);
    if (end === 'ends') response.end();
    if (end === 'breaks') setTimeout(() => response.destroy(), 20);
  };
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const told = (): string[] =>
  changes.map((change) => {
    if (change.type === 'all') return `all ${change.objects.map(({ metadata }) => metadata.name).join()}`;
    return 'object' in change ? `${change.type} ${change.object.metadata.name}` : change.type;
  });

/** In milliseconds; undefined for what it is by default. */
let longest: number | undefined;

async function watch(...script: readonly (typeof answers)[number][]): Promise<void> {
  answers = [...script];
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'config');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [
        { name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'u', user: { token: 't0ken' } }],
    }),
  );
  const take = (change: ClusterChange): void => void changes.push(change);
  done = watchKinds({ kubeconfig, context: 'c' }, [pods], take, stopping.signal, longest);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  [requests, changes, longest] = [[], [], undefined];
  stopping = new AbortController();
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const answer = answers.shift();
    if (answer) answer(request, response); // without one, the request stays open
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  stopping.abort();
  await done;
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

it('tells all that is there, then each change, with the kind that lists leave out', async () => {
  const added = line('ADDED', thing('b', '8'));
  await watch(
    list('7', 'a'),
    stream([
      added.slice(0, 9),
      added.slice(9),
      line('MODIFIED', thing('a', '9')) + line('DELETED', thing('b', '10')),
    ]),
  );

  await expect.poll(told, { timeout: 10_000 }).toEqual(['all a', 'put b', 'put a', 'gone b']);
  expect(changes[1]).toMatchObject({ kind: pods, object: { apiVersion: 'v1', kind: 'Pod' } });
  expect(requests[1]).toMatch(/^\/api\/v1\/pods\?watch=1&.*&resourceVersion=7$/);
});

it('goes on where a watch ended, from the newest version that it was told of', async () => {
  await watch(
    list('7'),
    stream([line('ADDED', thing('a', '8')), line('BOOKMARK', thing('', '20'))]),
    stream([line('ADDED', thing('b', '21'))], 'stays'),
  );

  await expect.poll(told, { timeout: 10_000 }).toEqual(['all ', 'put a', 'put b']);
  expect(requests[2]).toMatch(/resourceVersion=20$/);
});

it.each([
  ['in an answer', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(410).end('{}')],
  ['in the watch', stream([line('ERROR', { code: 410, metadata: {} })])],
])('tells everything again when its version is too old, said %s', async (_, expired) => {
  await watch(list('7', 'a'), expired, list('30', 'b'));

  await expect.poll(told, { timeout: 10_000 }).toEqual(['all a', 'all b']);
});

it('says that a watch broke, and tells everything once the server answers again', async () => {
  await watch(list('7', 'a'), stream([line('ADDED', thing('b', '8'))], 'breaks'), list('9', 'a', 'b'));

  await expect.poll(told, { timeout: 10_000 }).toEqual(['all a', 'put b', 'lost', 'all a,b']);
});

it.each([
  ['headers and nothing else', (_: IncomingMessage, response: ServerResponse) => response.flushHeaders()],
  ['nothing', () => undefined],
])('gives a watch up that the server answers with %s, and does not end in time', async (_, silence) => {
  longest = 300;
  await watch(list('7', 'a'), silence, list('9', 'a', 'b'));

  await expect.poll(told, { timeout: 10_000 }).toEqual(['all a', 'lost', 'all a,b']);
  expect(changes[1]).toMatchObject({ message: 'the API server did not end a watch within 0.3 s' });
});

it('takes a kind that the server does not know for empty, and says what it refuses', async () => {
  await watch((_, response) => void response.writeHead(404).end('{}'));
  await expect.poll(told, { timeout: 10_000 }).toEqual(['all ']);
  stopping.abort();
  await done;

  stopping = new AbortController();
  changes.length = 0;
  await watch(
    (_, response) => void response.writeHead(403).end(JSON.stringify({ message: 'pods is forbidden' })),
  );
  await expect
    .poll(() => changes)
    .toMatchObject([{ type: 'refused', message: 'the server answers 403: pods is forbidden' }]);
});

it('reads a long list page by page, and tells it as one', async () => {
  const page = (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(200).end(
      JSON.stringify({
        items: [thing('a', '1')],
        metadata: { continue: 'next page', resourceVersion: '6' },
      }),
    );
  await watch(page, list('7', 'b'), stream([], 'stays'));

  await expect.poll(told, { timeout: 10_000 }).toEqual(['all a,b']);
  expect(requests[1]).toContain('continue=next%20page');
});

it('ends with its signal, in the middle of a watch', async () => {
  await watch(list('7'), stream([line('ADDED', thing('a', '8'))], 'stays'));
  await expect.poll(told, { timeout: 10_000 }).toEqual(['all ', 'put a']);
  stopping.abort();

  await done;
  expect(told()).toEqual(['all ', 'put a']);
});
