import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import getPort, { portNumbers } from 'get-port';

const host = '127.0.0.1';

/**
 * Free TCP ports of the loopback interface, all different. They lie below the range from which Linux (32768) and macOS
 * (49152) take ports for outgoing connections, so that none is taken while its owner restarts.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const from = randomInt(20_000, 32_000); // random: two clusters that start at once do not meet
    ports.add(await getPort({ host, port: portNumbers(from, 32_700), exclude: ports }));
  }
  return [...ports];
}

/** A free TCP port at one address of this machine, from the same range as {@link freePorts}. */
export async function freePortAt(address: string): Promise<number> {
  return getPort({ host: address, port: portNumbers(randomInt(20_000, 32_000), 32_700) });
}

/** Whether an IP address is one of this machine's. */
export function hasAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some((one) => one.address === address));
}

/** @param address Of this machine; the loopback interface's by default. */
export async function isPortFree(port: number, address: string = host): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** One request to a server on this machine. Files are read anew each time: they are small, and may be replaced. */
export interface LoopbackRequest {
  readonly url: string;
  readonly method?: 'GET' | 'PATCH' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string | undefined;
  readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Its content is sent as bearer token. */
  readonly tokenFile?: string | undefined;
  readonly timeoutMs: number;
}

/** No proxy, no redirect, no connection kept open. Rejects when nothing answers in time. */
export async function requestLoopback(call: LoopbackRequest): Promise<{ status: number; body: string }> {
  const read = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : readFile(path, 'utf8');
  const [ca, cert, key, token] = await Promise.all(
    [call.caFile, call.clientCertificate?.certFile, call.clientCertificate?.keyFile, call.tokenFile].map(
      read,
    ),
  );
  const request = call.url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      call.url,
      {
        agent: false,
        method: call.method ?? 'GET',
        headers: {
          ...call.headers,
          ...(token === undefined ? {} : { Authorization: `Bearer ${token.trim()}` }),
        },
        signal: AbortSignal.timeout(call.timeoutMs),
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(call.body);
  });
}
