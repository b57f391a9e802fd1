import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';

/** An HTTP server of the loopback interface, as the page and its API need it. */
export interface WebServer {
  /** Without a slash at its end. */
  readonly origin: string;
  /** Ends it, with every connection. */
  readonly close: () => Promise<void>;
}

/** How long a client may take to send the head of a request, and the whole of it, in milliseconds. */
const requestMs = 10_000;

/**
 * Serves at 127.0.0.1, and nowhere else.
 *
 * @param port     0 takes a free one.
 * @param respond Gets the port, since what a request may name depends on it.
 * @throws The system's error, e.g. EADDRINUSE.
 */
export async function serveLoopback(
  port: number,
  respond: (port: number) => (request: Request) => Response | Promise<Response>,
): Promise<WebServer> {
  const known: { answer?: (request: Request) => Response | Promise<Response> } = {}; // once the port is
  const server = createAdaptorServer({
    fetch: (request: Request) => known.answer?.(request) ?? new Response(null, { status: 503 }),
    serverOptions: { requestTimeout: requestMs, headersTimeout: requestMs, maxHeaderSize: 16 * 1024 },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  known.answer = respond(taken);
  return {
    origin: `http://127.0.0.1:${taken}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
