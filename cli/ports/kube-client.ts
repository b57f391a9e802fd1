import { readFile } from 'node:fs/promises';
import { PlatformError } from '../errors/platform-error.ts';
import type { KubeEndpoint } from './kube-config.ts';
import { messageOf, sendToKube, type KubeRequest, type KubeResponse } from './kube-http.ts';
import { formatRef, refOf, type Kube, type KubeObject, type ObjectRef } from './kube.ts';
import { createDiscovery, listableKinds, listPath } from './kube-discovery.ts';
import { kubectlFor } from './kubectl-for.ts';
import { readSimpleContext } from './simple-kube-config.ts';

/** Objects per page of a list: what kubectl asks for too. */
const pageSize = 500;

/**
 * Opens one context of a kubeconfig file. Sends nothing yet, so a cluster that is down shows at the first call.
 *
 * @param context   The file's current one by default.
 * @param timeoutMs Deadline of each call, with all the requests it takes.
 * @throws {PlatformError} KUBECONFIG_UNUSABLE.
 */
export async function connectKube(kubeconfig: string, context?: string, timeoutMs = 30_000): Promise<Kube> {
  return kubeAt(await endpointOf(kubeconfig, context), timeoutMs);
}

/** One context of a kubeconfig file; asks the server nothing. @throws {PlatformError} KUBECONFIG_UNUSABLE. */
export async function endpointOf(file: string, context: string | undefined): Promise<KubeEndpoint> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const simple = readSimpleContext(text, context);
  if (simple) {
    const { server, agent, token } = simple;
    const options = { agent, headers: { authorization: `Bearer ${token}` } };
    return { server, kubectl: kubectlFor(file, context), options: async () => Promise.resolve(options) };
  }
  const { loadEndpoint } = await import('./kube-config.ts');
  return loadEndpoint(file, context);
}

function kubeAt(endpoint: KubeEndpoint, timeoutMs: number): Kube {
  const discovery = createDiscovery(endpoint);
  const send = async (ref: ObjectRef, request: KubeRequest): Promise<KubeResponse> => {
    const response = await sendToKube(endpoint, request);
    if (response.status < 400 || response.status === 404) return response;
    throw refused(endpoint, request.method, ref, response);
  };
  const deadline = (): AbortSignal => AbortSignal.timeout(timeoutMs);
  const serverSideApply = async (object: KubeObject, query: string): Promise<KubeObject> => {
    const signal = deadline();
    const ref = refOf(object);
    const path = await discovery.pathOf(ref, signal);
    if (path === undefined) throw unknownKind(endpoint, ref);
    const contentType = 'application/apply-patch+yaml';
    const request: KubeRequest = {
      method: 'PATCH',
      path: `${path}?${query}`,
      body: object,
      contentType,
      signal,
    };
    const response = await send(ref, request);
    if (response.status === 404) throw refused(endpoint, 'PATCH', ref, response); // its namespace is not there
    return response.body as unknown as KubeObject;
  };

  return {
    async version() {
      const { status, body } = await sendToKube(endpoint, {
        method: 'GET',
        path: '/version',
        signal: deadline(),
      });
      if (status >= 400)
        throw refused(endpoint, 'GET', { apiVersion: 'v1', kind: 'version', name: '' }, { status, body });
      return String(body['gitVersion']);
    },
    async kinds() {
      return listableKinds(endpoint, deadline());
    },
    async get(ref) {
      const signal = deadline();
      const path = await discovery.pathOf(ref, signal);
      if (path === undefined) return undefined;
      const { status, body } = await send(ref, { method: 'GET', path, signal });
      return status === 404 ? undefined : (body as unknown as KubeObject);
    },
    async list(kind, options = {}) {
      const signal = deadline();
      const { apiVersion, kind: name } = kind;
      const ref = { apiVersion, kind: name, namespace: options.namespace, name: '' };
      const path = 'plural' in kind ? listPath(kind, options.namespace) : await discovery.pathOf(ref, signal);
      if (path === undefined) return [];
      const objects: KubeObject[] = [];
      let next = '';
      do {
        const query = new URLSearchParams({ limit: String(pageSize) });
        if (options.labelSelector !== undefined) query.set('labelSelector', options.labelSelector);
        if (options.fieldSelector !== undefined) query.set('fieldSelector', options.fieldSelector);
        if (next !== '') query.set('continue', next);
        const request: KubeRequest = { method: 'GET', path: `${path}?${query.toString()}`, signal };
        const page = await send({ ...ref, name: '*' }, request);
        // The items of a list of a built-in kind do not carry their kind.
        for (const item of (page.body['items'] ?? []) as KubeObject[])
          objects.push({ ...item, apiVersion, kind: name });
        next = (page.body['metadata'] as { continue?: string } | undefined)?.continue ?? '';
      } while (next !== '');
      return objects;
    },
    async apply(object) {
      return serverSideApply(object, 'fieldManager=platform&force=true');
    },
    async dryRun(object) {
      return serverSideApply(object, 'fieldManager=kustomize-controller&force=true&dryRun=All');
    },
    async patch(ref, patch) {
      const signal = deadline();
      const path = await discovery.pathOf(ref, signal);
      if (path === undefined) return undefined;
      const contentType = 'application/merge-patch+json';
      const query = '?fieldManager=platform';
      const { status, body } = await send(ref, {
        method: 'PATCH',
        path: path + query,
        body: patch,
        contentType,
        signal,
      });
      return status === 404 ? undefined : (body as unknown as KubeObject);
    },
    async delete(ref) {
      const signal = deadline();
      const path = await discovery.pathOf(ref, signal);
      if (path === undefined) return false;
      const { status } = await send(ref, {
        method: 'DELETE',
        path: `${path}?propagationPolicy=Background`,
        signal,
      });
      return status !== 404;
    },
  };
}

function unknownKind({ kubectl }: KubeEndpoint, ref: ObjectRef): PlatformError {
  return new PlatformError(
    'KUBE_REJECTED',
    `${formatRef(ref)} cannot be applied: the server knows no ${ref.kind} in ${ref.apiVersion}`,
    `${kubectl} api-resources --api-group=${ref.apiVersion.includes('/') ? (ref.apiVersion.split('/')[0] ?? '') : ''}`,
  );
}

function refused(
  { kubectl }: KubeEndpoint,
  method: string,
  ref: ObjectRef,
  { status, body }: KubeResponse,
): PlatformError {
  const verb = { GET: 'read', PATCH: 'applied', DELETE: 'deleted' }[method] ?? method;
  // What the server says about a Secret may quote its data.
  const said = ref.kind === 'Secret' && status !== 403 ? '' : `: ${messageOf(body).slice(0, 2_000)}`;
  const what = ref.kind === 'version' ? 'the version' : formatRef(ref);
  return new PlatformError(
    status === 409 ? 'OBJECT_CHANGED' : 'KUBE_REJECTED',
    `${what} cannot be ${verb}, the server answers ${status}${reasonOf(body)}${said}`,
    hintFor(kubectl, status, ref),
  );
}

function reasonOf(body: KubeResponse['body']): string {
  return typeof body['reason'] === 'string' && body['reason'] !== '' ? ` ${body['reason']}` : '';
}

function hintFor(kubectl: string, status: number, ref: ObjectRef): string {
  if (status === 401 || status === 403) return `${kubectl} auth whoami`;
  if (status === 409) return 'Run the command again: the object was changed at the same time';
  if (status === 404) return `${kubectl} get namespaces`;
  if (status < 500) return `${kubectl} explain ${ref.kind.toLowerCase()}`;
  return `${kubectl} get --raw '/readyz?verbose'`;
}
