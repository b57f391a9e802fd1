import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on 127.0.0.1, ended with all its connections when the test is over. */
export interface FileServer {
  readonly origin: string;
  /** Every request so far: `GET /path`, and its range where it has one: `GET /path bytes=5-`. */
  readonly requests: readonly string[];
  /** Serves a path by a handler, or as a file: with ETag, Range and If-Range. */
  readonly on: (path: string, content: Handler | Buffer | string) => void;
  readonly url: (path: string) => URL;
}

export async function fileServer(): Promise<FileServer> {
  const paths = new Map<string, Handler>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push(`${request.method ?? ''} ${request.url ?? ''}${range === undefined ? '' : ` ${range}`}`);
    const handler = paths.get(new URL(request.url ?? '/', 'http://host').pathname);
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    origin,
    requests,
    on: (path, content) => {
      paths.set(path, typeof content === 'function' ? content : wholeFile(Buffer.from(content)));
    },
    url: (path) => new URL(path, origin),
  };
}

/** As web servers serve a file. @param etag Another one says that it is another file. */
export function wholeFile(content: Buffer, etag = '"one"'): Handler {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
    const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    if (Number.isNaN(from) || !same) {
      response.writeHead(200, { etag, 'content-length': content.length }).end(content);
    } else if (from >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${String(content.length)}` }).end();
    } else {
      const range = `bytes ${String(from)}-${String(content.length - 1)}/${String(content.length)}`;
      const headers = { etag, 'content-range': range, 'content-length': content.length - from };
      response.writeHead(206, headers).end(content.subarray(from));
    }
  };
}

/** Gives each request the next handler, and the last one to all that follow. */
export function inTurn(...handlers: readonly [Handler, ...Handler[]]): Handler {
  const left = [...handlers];
  return (request, response) => {
    const next = left.length > 1 ? left.shift() : left[0];
    next?.(request, response);
  };
}

/** Answers with a status and headers, and nothing else. */
export function status(code: number, headers: Record<string, string> = {}): Handler {
  return (_, response) => void response.writeHead(code, headers).end();
}

/** Sends the first bytes of a file; then breaks the connection, or keeps it and says nothing more. */
export function firstBytes(
  content: Buffer,
  count: number,
  then: 'break' | 'stall',
  headers: Record<string, string | number> = { etag: '"one"', 'content-length': content.length },
): Handler {
  return (_, response) => {
    response.writeHead(200, headers);
    response.write(content.subarray(0, count), () => {
      if (then === 'break') setTimeout(() => response.socket?.destroy(), 300); // what is on its way must arrive
    });
  };
}
