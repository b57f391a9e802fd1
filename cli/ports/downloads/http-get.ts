import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { DownloadFailure, shown } from './failure.ts';
import type { Transport } from './transport.ts';

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent to the origin of the address only: never to where it redirects. */
  readonly authorization?: string | undefined;
  /** Ends the request, and what is waited for between two. */
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Must be read to its end, or destroyed. */
  readonly body: Readable;
}

/** How often an answer 429 or 5xx is asked again, and how long a server may make us wait for that, in milliseconds. */
const retries = 2;
const longestWaitMs = 10_000;
const redirectLimit = 5;

const redirects = new Set([301, 302, 303, 307, 308]);
const passing = new Set([429, 500, 502, 503, 504]);

/**
 * Gets an address: follows up to five redirects (never from https to another protocol), and asks again where the server
 * says that it cannot serve just now. Every other status is an answer.
 *
 * @throws {DownloadFailure} unreachable; interrupted; status, after the last retry, or where a redirect may not be followed.
 */
export async function get(transport: Transport, url: URL, options: GetOptions = {}): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await followRedirects(transport, url, options).catch((error: unknown) => {
      if (tries === 0 && error instanceof DownloadFailure && error.kind === 'interrupted') return undefined;
      throw error;
    });
    if (answer === undefined) continue;
    if (!passing.has(answer.status)) return answer;
    answer.body.destroy();
    const waitMs = retryAfterMs(answer.headers['retry-after'], transport.now()) ?? 500 * 2 ** tries;
    const reason = `${shown(url)} answers ${String(answer.status)}`;
    if (waitMs > longestWaitMs) {
      const seconds = String(Math.round(waitMs / 1000));
      throw new DownloadFailure('status', `${reason} and asks to come back in ${seconds} s`, answer);
    }
    if (tries === retries)
      throw new DownloadFailure('status', `${reason}, ${String(tries + 1)} times`, answer);
    await sleep(waitMs, undefined, { signal: options.signal }).catch(() => {
      throw new DownloadFailure('status', reason, answer);
    });
  }
}

async function followRedirects(transport: Transport, url: URL, options: GetOptions): Promise<Answer> {
  const { headers = {}, authorization, signal } = options;
  let current = url;
  for (let hops = 0; hops <= redirectLimit; hops += 1) {
    const own = authorization !== undefined && current.origin === url.origin ? { authorization } : {};
    const answer = await transport.request(current, { ...headers, ...own }, signal);
    const location = answer.headers['location'];
    if (!redirects.has(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    const next = URL.canParse(location, current.href) ? new URL(location, current) : undefined;
    if (next === undefined || (next.protocol !== 'https:' && next.protocol !== current.protocol)) {
      throw new DownloadFailure('status', `${shown(current)} redirects to where it may not`, answer);
    }
    current = next;
  }
  throw new DownloadFailure('status', `${shown(url)} redirects more than ${String(redirectLimit)} times`);
}

/**
 * Reads a Retry-After header, in seconds or as a date.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#field.retry-after}
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** @throws {DownloadFailure} status, unless it is 200 or one of those named. */
export function expectOk(answer: Answer, url: URL, also: readonly number[] = []): Answer {
  if (answer.status === 200 || also.includes(answer.status)) return answer;
  answer.body.destroy();
  const words: Readonly<Record<number, string>> = {
    401: ' (not authorised)',
    403: ' (forbidden)',
    404: ' (not found)',
  };
  throw new DownloadFailure(
    'status',
    `${shown(url)} answers ${String(answer.status)}${words[answer.status] ?? ''}`,
    answer,
  );
}

/**
 * The whole content of a small answer.
 *
 * @throws {DownloadFailure} unusable when it is larger than it may be; interrupted when it stalls or ends early.
 */
export async function readSmall(
  transport: Pick<Transport, 'timing'>,
  { body, headers }: Answer,
  url: URL,
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLarge = new DownloadFailure('unusable', `${shown(url)} is larger than ${String(maxBytes)} bytes`);
  const late = setTimeout(() => body.destroy(new Error('it stalls')), transport.timing.idleMs * 2);
  try {
    if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    body.destroy();
    if (error instanceof DownloadFailure) throw error;
    throw new DownloadFailure('interrupted', `${shown(url)} stops in the middle`, { cause: error });
  } finally {
    clearTimeout(late);
  }
}
