import { spawn } from 'node:child_process';
import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';

export interface GitHttpServer {
  /** Served as `/<name>.git`. */
  readonly name: string;
  /** The bare repository: absolute. May be made later; until then git answers 404. */
  readonly repository: string;
  readonly username: string;
  readonly password: string;
  /** An address of this machine; 127.0.0.1 by default. */
  readonly listen?: string | undefined;
  readonly port: number;
  /** PATH and HOME for git; nothing else of this process's environment reaches it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Longest time that one fetch may take, in milliseconds. */
const fetchTimeoutMs = 300_000;

/**
 * Serves one repository at one address to whoever knows the password, for reading only: of git's smart protocol the two
 * requests that a fetch makes, by `git http-backend`, and nothing else.
 *
 * @returns Ends it, with all connections.
 * @throws The system's error, e.g. EADDRINUSE.
 * @see {@link https://git-scm.com/docs/git-http-backend}
 */
export async function serveRepository(options: GitHttpServer): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    answer(options, request, response);
  });
  await listen(server, options);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

async function listen(server: Server, { listen: host = '127.0.0.1', port }: GitHttpServer): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

function answer(options: GitHttpServer, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, headers: Record<string, string> = {}): void => {
    request.resume();
    response.writeHead(status, headers).end();
  };
  if (!isAuthorised(options, request.headers.authorization)) {
    refuse(401, { 'WWW-Authenticate': 'Basic realm="platform", charset="UTF-8"' });
    return;
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const fetches: Record<string, string> = {
    [`GET /${options.name}.git/info/refs?service=git-upload-pack`]: '/info/refs',
    [`POST /${options.name}.git/git-upload-pack`]: '/git-upload-pack',
  };
  const path = fetches[`${request.method ?? ''} ${url.pathname}${url.search}`];
  if (path === undefined) {
    refuse(url.pathname.includes('receive-pack') || url.search.includes('receive-pack') ? 403 : 404);
    return;
  }
  runBackend(options, path, url.search.slice(1), request, response);
}

function isAuthorised({ username, password }: GitHttpServer, header: string | undefined): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return timingSafeEqual(digest(header ?? ''), digest(expected));
}

function runBackend(
  options: GitHttpServer,
  path: string,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = spawn(
    'git',
    ['-c', 'http.receivepack=false', '-c', 'http.getanyfile=false', 'http-backend'],
    {
      env: {
        ...options.env,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_PROJECT_ROOT: options.repository,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: header('content-type'),
        CONTENT_LENGTH: header('content-length'),
        GIT_PROTOCOL: header('git-protocol'),
        HTTP_CONTENT_ENCODING: header('content-encoding'),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: fetchTimeoutMs,
    },
  );
  backend.on('error', () => response.headersSent || response.writeHead(500).end());
  backend.stdin.on('error', () => undefined); // it may end before it has read everything
  response.on('close', () => backend.kill());
  request.pipe(backend.stdin);

  let head: Buffer | undefined = Buffer.alloc(0); // undefined once the head has been passed on
  backend.stdout.on('data', (chunk: Buffer) => {
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString('latin1'));
      chunk = head.subarray(end + 4);
      head = undefined;
    }
    if (!response.write(chunk)) {
      backend.stdout.pause();
      response.once('drain', () => backend.stdout.resume());
    }
  });
  backend.stdout.on('end', () => {
    if (head !== undefined && !response.headersSent) response.writeHead(500);
    response.end();
  });
}

/** A CGI head is HTTP's, with the status among the fields. */
function writeHead(response: ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
}
