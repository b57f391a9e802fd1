import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectKube, endpointOf } from './kube-client.ts';
import { sendToKube } from './kube-http.ts';
import type { KubeObject } from './kube.ts';

const configMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'ml' },
};
const core = {
  resources: [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'secrets', kind: 'Secret', namespaced: true },
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'namespaces/status', kind: 'Namespace', namespaced: false },
  ],
};

describe('connectKube', () => {
  let folder: string;
  let kubeconfig: string;
  let server: Server;
  let requests: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const json = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kube-'));
    kubeconfig = join(folder, 'config');
    requests = [];
    answer = (_, response) => json(response, 404, { message: 'not there' });
    server = createServer((request, response) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      if (request.url === '/api/v1') json(response, 200, core);
      else answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'u', user: { token: 't0ken' } }],
      }),
    );
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  it('applies on the server side, with force, as `platform`', async () => {
    answer = (_, response) => json(response, 200, configMap);

    await (await connectKube(kubeconfig)).apply(configMap);

    expect(requests.at(-1)).toBe(
      'PATCH /api/v1/namespaces/ml/configmaps/a?fieldManager=platform&force=true Bearer t0ken',
    );
  });

  it('asks by dry-run what Flux would make of an object', async () => {
    answer = (_, response) => json(response, 200, configMap);

    await (await connectKube(kubeconfig)).dryRun(configMap);

    expect(requests.at(-1)).toBe(
      'PATCH /api/v1/namespaces/ml/configmaps/a?fieldManager=kustomize-controller&force=true&dryRun=All Bearer t0ken',
    );
  });

  it('reads all pages of a list, and gives the items their kind', async () => {
    answer = (request, response) => {
      const second = request.url?.includes('continue=next') === true;
      json(response, 200, {
        metadata: second ? {} : { continue: 'next' },
        items: [{ metadata: { name: second ? 'b' : 'a' } }],
      });
    };

    const found = await (await connectKube(kubeconfig)).list({ apiVersion: 'v1', kind: 'Namespace' });

    expect(found).toEqual(
      ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    );
  });

  it('lists a kind whose place is known by one request, and nothing where the server does not have it', async () => {
    const kube = await connectKube(kubeconfig);
    const things = { apiVersion: 'things.test/v1', kind: 'Thing', plural: 'things' };
    expect(await kube.list(things)).toEqual([]);

    answer = (_, response) => json(response, 200, { items: [{ metadata: { name: 'a' } }] });

    expect(await kube.list(things, { namespace: 'ml' })).toEqual([
      { apiVersion: 'things.test/v1', kind: 'Thing', metadata: { name: 'a' } },
    ]);
    expect(requests.map((line) => line.split('?')[0])).toEqual([
      'GET /apis/things.test/v1/things',
      'GET /apis/things.test/v1/namespaces/ml/things',
    ]);
  });

  it('finds nothing of a kind that the server does not know, and asks again next time', async () => {
    const kube = await connectKube(kubeconfig);
    const thing = { apiVersion: 'things.test/v1', kind: 'Thing', namespace: 'ml', name: 'a' };

    expect(await kube.get(thing)).toBeUndefined();
    answer = (request, response) =>
      request.url === '/apis/things.test/v1'
        ? json(response, 200, { resources: [{ name: 'things', kind: 'Thing', namespaced: true }] })
        : json(response, 200, { ...configMap, kind: 'Thing' });

    expect(await kube.get(thing)).toMatchObject({ kind: 'Thing' });
    await kube.get(thing);
    expect(requests.filter((line) => line.includes('GET /apis/things.test/v1 '))).toHaveLength(2);
  });

  it('takes an object that is not there for an answer, not for a failure', async () => {
    const kube = await connectKube(kubeconfig);
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ml', name: 'a' };

    expect([await kube.get(ref), await kube.patch(ref, {}), await kube.delete(ref)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  it('says what the server refuses, and nothing of that for a Secret', async () => {
    answer = (_, response) => json(response, 422, { reason: 'Invalid', message: 'illegal value c2VjcmV0' });
    const kube = await connectKube(kubeconfig);

    await expect(kube.apply(configMap)).rejects.toMatchObject({
      code: 'KUBE_REJECTED',
      message: 'ConfigMap/ml/a cannot be applied, the server answers 422 Invalid: illegal value c2VjcmV0',
    });
    await expect(kube.apply({ ...configMap, kind: 'Secret' })).rejects.toMatchObject({
      message: 'Secret/ml/a cannot be applied, the server answers 422 Invalid',
    });
  });

  it('says when nothing answers, nothing answers in time, or what answers cannot serve', async () => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ml', name: 'a' };
    answer = () => undefined;
    const late = (await connectKube(kubeconfig, undefined, 50)).get(ref);
    await expect(late).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('no answer in time') as string,
    });

    answer = (_, response) => json(response, 503, {});
    await expect((await connectKube(kubeconfig)).get(ref)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
    });

    server.closeAllConnections();
    server.close();
    await expect((await connectKube(kubeconfig)).version()).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
      hint: `kubectl --kubeconfig ${kubeconfig} get --raw /readyz`,
    });
  });

  it('has more requests under way with one deadline than Node takes for a leak', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error): void => {
      if (message.includes('AbortSignal')) warnings.push(message);
    };
    process.on('warning', note);
    const endpoint = await endpointOf(kubeconfig, undefined);
    const signal = AbortSignal.timeout(30_000);
    const waiting: ServerResponse[] = [];
    answer = (_, response) => {
      waiting.push(response);
      if (waiting.length === 20) for (const each of waiting) json(each, 200, {});
    };

    await Promise.all(
      Array.from({ length: 20 }, async () =>
        sendToKube(endpoint, { method: 'GET', path: '/version', signal }),
      ),
    );
    await new Promise((resolve) => setImmediate(resolve)); // warnings come after the work that caused them
    process.off('warning', note);

    expect(warnings).toEqual([]);
  });

  it('says when the file or its context is of no use', async () => {
    await expect(connectKube(join(folder, 'none'))).rejects.toMatchObject({ code: 'KUBECONFIG_UNUSABLE' });
    await expect(connectKube(kubeconfig, 'other')).rejects.toMatchObject({
      code: 'KUBECONFIG_UNUSABLE',
      message: expect.stringContaining('"other"') as string,
    });
  });
});
