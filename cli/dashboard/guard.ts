import { createHash, timingSafeEqual } from 'node:crypto';

/** Why a request is not answered; the status says no more than it has to. */
export interface Refusal {
  readonly status: 403 | 405 | 413 | 415;
  readonly why: string;
}

/** Of a body. */
const mostBytes = 64 * 1024;

/** Sent with every answer. What the page runs, shows and asks comes from this server alone. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/**
 * Whether a request may be from the page of this server: another page could have a name of its own point at 127.0.0.1,
 * and every user of this machine can connect. Asked before routing, of reads as well.
 *
 * @param port  That this server listens at.
 * @param needsToken False for the files of the shell alone, which hold no data.
 * @returns undefined where nothing speaks against it.
 */
export function refusalOf(
  request: Request,
  port: number,
  token: string,
  needsToken: boolean,
): Refusal | undefined {
  const { headers, method } = request;
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  const host = headers.get('host');
  if (host === null || !hosts.includes(host)) return { status: 403, why: 'this server has another name' };
  const origin = headers.get('origin');
  if (origin !== null && !hosts.some((each) => origin === `http://${each}`))
    return { status: 403, why: 'the request comes from another page' };
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none')
    return { status: 403, why: 'the request comes from another site' };
  if (method !== 'GET' && method !== 'POST') return { status: 405, why: 'this server answers GET and POST' };
  if (needsToken && !hasToken(headers.get('authorization'), token))
    return { status: 403, why: 'the token is missing or not that of this server' };
  return method === 'POST' ? refusalOfBody(headers) : undefined;
}

/** Nothing that a form could send, and nothing whose length is not said. */
function refusalOfBody(headers: Headers): Refusal | undefined {
  if (!/^application\/json\s*(;|$)/.test(headers.get('content-type') ?? ''))
    return { status: 415, why: 'an action is application/json' };
  const length = headers.get('content-length');
  if (length === null || Number(length) > mostBytes)
    return { status: 413, why: `an action has at most ${mostBytes} bytes, and says how many` };
  return undefined;
}

/** Digests have one length, and comparing them takes the same time wherever they differ. */
function hasToken(header: string | null, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
