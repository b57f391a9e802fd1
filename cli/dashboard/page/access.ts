// The token of the server comes once, behind the # of the address: from there it reaches no log and no other page.

const key = 'platform-token';

/** Takes the token out of the address, or finds the one that this browser has kept; empty where there is none. */
export function takeToken(): string {
  const given = /^#t=([\w-]+)/.exec(location.hash)?.[1];
  if (given === undefined) return localStorage.getItem(key) ?? '';
  localStorage.setItem(key, given);
  history.replaceState(null, '', `${location.pathname}${location.search}#/overview`);
  return given;
}

/** A request that the server refused, or could not answer. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Api {
  readonly get: <Answer>(path: string) => Promise<Answer>;
  readonly post: <Answer>(path: string, body: object, signal: AbortSignal) => Promise<Answer>;
  /** The answer as it comes in. */
  readonly open: (path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Response>;
}

export function apiWith(token: string): Api {
  const call = async (
    path: string,
    init: Pick<RequestInit, 'method' | 'body' | 'signal'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> => {
    const headers = { ...init.headers, Authorization: `Bearer ${token}` };
    const response = await fetch(path, { ...init, headers, credentials: 'omit' });
    if (response.ok) return response;
    const { why = response.statusText, hint = '' } = (await response.json().catch(() => ({}))) as {
      why?: string;
      hint?: string;
    };
    throw new Refused(response.status, hint === '' ? why : `${why}. ${hint}`);
  };
  return {
    get: async <Answer>(path: string) => (await (await call(path)).json()) as Answer,
    post: async <Answer>(path: string, body: object, signal: AbortSignal) => {
      const headers = { 'Content-Type': 'application/json' };
      const sent = { method: 'POST', headers, body: JSON.stringify(body), signal };
      return (await (await call(path, sent)).json()) as Answer;
    },
    open: async (path, headers, signal) => call(path, { headers, signal }),
  };
}
