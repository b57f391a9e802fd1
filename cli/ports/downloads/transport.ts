import type { Dispatcher } from 'undici';
import { DownloadFailure } from './failure.ts';
import type { Answer } from './http-get.ts';

/** In milliseconds. */
export interface Timing {
  /** From asking a server that has not answered yet in this run to the head of its answer. */
  readonly firstByteMs: number;
  /** The same for one that has: it is there, and may be slow because we download from it. */
  readonly answerMs: number;
  /** How long a body may bring (next to) nothing. */
  readonly idleMs: number;
}

/** One request at a time, and what this run knows about servers. */
export interface Transport {
  /**
   * @throws {DownloadFailure} unreachable, at once where the server was found to be so before; interrupted where the
   *   connection broke before an answer.
   * @param signal Ends the request, and the body of its answer.
   */
  readonly request: (
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ) => Promise<Answer>;
  readonly timing: Timing;
  readonly now: () => number;
}

export const defaultTiming: Timing = { firstByteMs: 2_900, answerMs: 20_000, idleMs: 10_000 };

/** A connection that broke before the answer: worth a second try. Everything else would only fail again. */
const broken = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

/**
 * A transport that goes through the proxies of the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY; never for
 * this machine itself) and remembers which servers cannot be reached. Certificates beyond Node's own: NODE_EXTRA_CA_CERTS.
 */
export function systemTransport(env: NodeJS.ProcessEnv, timing: Timing = defaultTiming): Transport {
  const dead = new Map<string, string>();
  const alive = new Set<string>();
  const dispatchers = new Map<string, Promise<Dispatcher>>(); // one for each server, so that it can be dropped alone

  const request: Transport['request'] = async (url, headers, signal) => {
    const known = dead.get(url.origin);
    if (known !== undefined) throw new DownloadFailure('unreachable', known);
    const undici = await loadUndici();
    const dispatcher = dispatchers.get(url.origin) ?? proxied(env, timing);
    dispatchers.set(url.origin, dispatcher);
    const stop = new AbortController();
    const limitMs = alive.has(url.origin) ? timing.answerMs : timing.firstByteMs;
    const answer = undici.request(url, {
      dispatcher: await dispatcher,
      method: 'GET',
      headers: { 'user-agent': 'platform-cli', 'accept-encoding': 'identity', ...headers },
      signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
      headersTimeout: 0, // both deadlines are ours: undici's clock ticks by the second
      bodyTimeout: 0,
    });
    try {
      const { statusCode, headers: fields, body } = await within(answer, limitMs);
      body.on('error', () => undefined); // who reads it is told; one that is dropped unread has nobody to tell
      alive.add(url.origin);
      const flat = Object.entries(fields).map(([name, value]) => [
        name,
        Array.isArray(value) ? value[0] : value,
      ]);
      return { status: statusCode, headers: Object.fromEntries(flat) as Answer['headers'], body };
    } catch (error) {
      answer.then(
        ({ body }) => body.destroy(),
        () => undefined,
      );
      stop.abort();
      const late = error instanceof Late ? `no answer within ${String(limitMs / 1000)} s` : undefined;
      const reason = late ?? (signal?.aborted === true ? 'no answer in time' : reasonOf(error));
      const message = `${url.host} cannot be reached (${reason})`;
      if (broken.test(reason)) throw new DownloadFailure('interrupted', message, { cause: error });
      if (!alive.has(url.origin)) {
        dead.set(url.origin, message);
        dispatchers.delete(url.origin);
        void (await dispatcher).destroy(); // a connection that waits for its proxy would hold this process for minutes
      }
      throw new DownloadFailure('unreachable', message, { cause: error });
    }
  };
  return { request, timing, now: () => Date.now() };
}

class Late extends Error {}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late()), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The code of the error that lies deepest: a failed proxy or several addresses wrap it. */
function reasonOf(error: unknown): string {
  const { code, cause, errors, message } = error as NodeJS.ErrnoException & {
    cause?: unknown;
    errors?: unknown[];
  };
  if (errors?.[0] !== undefined) return reasonOf(errors[0]);
  if (cause !== undefined) return reasonOf(cause);
  return code === undefined || code === 'UND_ERR_ABORTED' ? message : code; // aborted: the message tells what a proxy said
}

/** A third of the CLI's size, and rarely needed. Bundled as it is, its names are in the default export only. */
async function loadUndici(): Promise<typeof import('undici')> {
  const loaded = await import('undici');
  return loaded.default;
}

async function proxied(env: NodeJS.ProcessEnv, { firstByteMs, answerMs }: Timing): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await loadUndici();
  const named = (...names: string[]): string | undefined =>
    names
      .flatMap((name) => [env[name.toLowerCase()], env[name]])
      .find((value) => value !== undefined && /^https?:\/\//.test(value));
  const noProxy = [env['no_proxy'] ?? env['NO_PROXY'], '127.0.0.1', 'localhost', '[::1]'];
  return new EnvHttpProxyAgent({
    httpProxy: named('HTTP_PROXY', 'ALL_PROXY') ?? '',
    httpsProxy: named('HTTPS_PROXY', 'ALL_PROXY') ?? '',
    noProxy: noProxy.filter((part) => part !== undefined && part !== '').join(','),
    proxyTunnel: false, // for https there is a tunnel in any case; proxies refuse one for http
    connect: { timeout: firstByteMs },
    headersTimeout: answerMs, // of the proxy itself, when it is asked for a tunnel
  });
}
