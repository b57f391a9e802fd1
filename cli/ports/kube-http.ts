import { setMaxListeners } from 'node:events';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { PlatformError } from '../errors/platform-error.ts';
import type { KubeEndpoint } from './kube-config.ts';

export interface KubeRequest {
  readonly method: 'GET' | 'PATCH' | 'DELETE';
  /** Below the server, with its query. */
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  /** Default: application/json. */
  readonly accept?: string;
  readonly signal: AbortSignal;
}

export interface KubeResponse {
  readonly status: number;
  /** The parsed JSON; `{}` where the server sent none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers that mean that the API server, or what stands before it, cannot serve now. */
const notServing = new Set([429, 502, 503, 504]);

/**
 * One request; every status that the API server answers with is a result, none throws.
 *
 * @throws {PlatformError} CLUSTER_UNREACHABLE when nothing answers, or what answers cannot serve.
 */
export async function sendToKube(endpoint: KubeEndpoint, call: KubeRequest): Promise<KubeResponse> {
  try {
    const response = await openResponse(endpoint, call);
    const raw = await text(response);
    const status = response.statusCode ?? 0;
    if (notServing.has(status))
      throw new Error(`it answers ${status} ${response.statusMessage ?? ''}`.trimEnd());
    return { status, body: parse(raw) };
  } catch (error) {
    throw error instanceof PlatformError ? error : unreachable(endpoint, error, call.signal.aborted);
  }
}

/**
 * The answer with its body unread, for what does not end: a watch. A kept connection may be one that a server since
 * restarted has forgotten: then once more, on a new one.
 */
export async function openResponse(endpoint: KubeEndpoint, call: KubeRequest): Promise<IncomingMessage> {
  try {
    return await open(endpoint, call);
  } catch (error) {
    if (!(error instanceof ForgottenConnection)) throw error;
    return await open(endpoint, call);
  }
}

class ForgottenConnection extends Error {}

async function open(endpoint: KubeEndpoint, call: KubeRequest): Promise<IncomingMessage> {
  const { server } = endpoint;
  // One deadline may hold for all requests of a page or a watch, and each listens to it until it ends: no leak.
  setMaxListeners(0, call.signal);
  const options = await endpoint.options();
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const request = (server.protocol === 'http:' ? requestPlain : requestTls)({
      ...options,
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port === '' ? undefined : server.port,
      method: call.method,
      path: server.pathname.replace(/\/$/, '') + call.path,
      headers: {
        ...(options.headers as OutgoingHttpHeaders | undefined),
        accept: call.accept ?? 'application/json',
        ...(body === undefined
          ? {}
          : {
              'content-type': call.contentType ?? 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
      },
      signal: call.signal,
    });
    request.once('response', resolve);
    request.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        request.reusedSocket && error.code === 'ECONNRESET' ? new ForgottenConnection(error.message) : error,
      );
    });
    request.end(body);
  });
}

/** What a Status object says; empty where the answer is none. */
export function messageOf(body: KubeResponse['body']): string {
  return typeof body['message'] === 'string' ? body['message'] : '';
}

function parse(raw: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return { message: raw.slice(0, 200) }; // a proxy's page, or the server's plain `404 page not found`
  }
}

function unreachable({ server, kubectl }: KubeEndpoint, cause: unknown, late: boolean): PlatformError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = late
    ? 'no answer in time'
    : message === '' || message.includes(String(code))
      ? String(code)
      : message;
  return new PlatformError(
    'CLUSTER_UNREACHABLE',
    `the API server at ${server.origin} does not answer: ${why}`,
    `${kubectl} get --raw /readyz`,
    { cause },
  );
}
