import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../engines/embedded/certificates.ts';

/** A git server over https, with a certificate that only its own authority vouches for. */
export interface HttpsHost {
  readonly url: (name: string) => string;
  /** The authority's certificate, PEM. */
  readonly ca: string;
  /** What opens it: user and token; whoever has them may push. */
  readonly accept: (username: string, token: string) => void;
  /** Every request so far, with whether it brought a token: `GET /prod.git/info/refs with a token`. */
  readonly requests: readonly string[];
  /** Answers requests for a repository with a redirect there. */
  readonly redirect: (name: string, to: string) => void;
  readonly close: () => Promise<void>;
}

/**
 * @param repositories A folder of bare repositories.
 * @param address Of this machine: where it listens.
 */
export async function startHttpsHost(repositories: string, address = '127.0.0.1'): Promise<HttpsHost> {
  const authority = createAuthority('test authority', Date.now());
  const use = { server: true, client: false, dnsNames: [], ipAddresses: [address] };
  const { certificate, key } = authority.issue('git server', use);
  let accepted = '';
  const requests: string[] = [];
  const redirects = new Map<string, string>();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'https://host');
    const { authorization } = request.headers;
    requests.push(
      `${request.method ?? ''} ${pathname} ${authorization === undefined ? 'without' : 'with'} a token`,
    );
    const name = pathname.split('/')[1] ?? '';
    const to = redirects.get(name);
    if (to !== undefined) {
      response.writeHead(302, { Location: `${to}${pathname.slice(name.length + 1)}${search}` }).end();
    } else if (authorization !== accepted) {
      request.resume();
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    } else {
      runBackend(repositories, request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `https://${address}:${port}/${name}`,
    ca: authority.certificate,
    accept: (username, token) => {
      accepted = `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;
    },
    requests,
    redirect: (name, to) => void redirects.set(name, to),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** git's own CGI program, with the right to push. */
function runBackend(repositories: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'https://host');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: repositories,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: 'test',
    },
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    for (const line of answer.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.end(answer.subarray(end + 4));
  });
}
