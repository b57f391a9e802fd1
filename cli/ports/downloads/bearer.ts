import { DownloadFailure, shown } from './failure.ts';
import { expectOk, get, readSmall, type Answer, type GetOptions } from './http-get.ts';
import type { Transport } from './transport.ts';

/** Tokens of this run, by the realm, service and scope that they were given for. */
export type Tokens = Map<string, Promise<string>>;

/**
 * A transport that answers the challenge `401 WWW-Authenticate: Bearer` of container registries with an anonymous token.
 * Credentials for the registry itself go to its token service only where that is on the same origin.
 *
 * @see {@link https://distribution.github.io/distribution/spec/auth/token/}
 */
export function withBearerTokens(transport: Transport, tokens: Tokens): Transport {
  return {
    ...transport,
    request: async (url, headers, signal) => {
      const answer = await transport.request(url, headers, signal);
      const challenge = challengeOf(answer);
      if (challenge === undefined) return answer;
      answer.body.destroy();
      const key = `${url.origin} ${JSON.stringify(challenge)}`;
      const token =
        tokens.get(key) ?? fetchToken(transport, url, challenge, headers['authorization'], signal);
      tokens.set(key, token);
      const authorization = `Bearer ${await token}`;
      const second = await transport.request(url, { ...headers, authorization }, signal);
      if (second.status === 401) tokens.delete(key); // it may have expired
      return second;
    },
  };
}

interface Challenge {
  readonly realm: string;
  readonly service?: string | undefined;
  readonly scope?: string | undefined;
}

function challengeOf({ status, headers }: Answer): Challenge | undefined {
  const header = headers['www-authenticate'];
  if (status !== 401 || header === undefined || !/^bearer /i.test(header)) return undefined;
  const field = (name: string): string | undefined =>
    new RegExp(`[ ,]${name}="([^"]*)"`, 'i').exec(header)?.[1];
  const realm = field('realm');
  return realm === undefined ? undefined : { realm, service: field('service'), scope: field('scope') };
}

async function fetchToken(
  transport: Transport,
  registry: URL,
  { realm, service, scope }: Challenge,
  authorization: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const url = URL.canParse(realm, registry.href) ? new URL(realm, registry) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== registry.protocol)) {
    throw new DownloadFailure('status', `${shown(registry)} sends for a token to where it may not`);
  }
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  const own: GetOptions =
    url.origin === registry.origin && authorization !== undefined ? { authorization } : {};
  const answer = expectOk(await get(transport, url, { ...own, signal }), url);
  const text = (await readSmall(transport, answer, url, 65_536)).toString();
  try {
    const { token, access_token } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const found = token ?? access_token;
    if (typeof found === 'string' && /^[\w.~+/=-]+$/.test(found)) return found;
  } catch {
    // said below; the text may hold a token, so it is not quoted
  }
  throw new DownloadFailure('unusable', `${shown(url)} gives no token`);
}
