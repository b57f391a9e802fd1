import { PlatformError } from '../errors/platform-error.ts';

/** What is asked of a load test. */
export interface LoadPlan {
  /** Requests that begin in each second, whatever becomes of those before. */
  readonly requestsPerSecond: number;
  /** How long they are sent, in milliseconds. */
  readonly loadMs: number;
  /** How long the autoscaler is watched after the last one, in milliseconds. */
  readonly watchMs: number;
  /** What is asked of the app: absolute, with a query where there is one. Absent: the path of its readiness probe. */
  readonly path?: string | undefined;
}

/** The most that one run may do to a cluster, and to the API server that passes all of it on. */
export const bounds = {
  requestsPerSecond: 1_000,
  loadMs: 30 * 60_000,
  watchMs: 30 * 60_000,
  requests: 300_000,
} as const;

/**
 * Holds a plan against {@link bounds}, before anything is sent.
 *
 * @throws {PlatformError} USAGE.
 */
export function checkLoadPlan({ requestsPerSecond, loadMs, watchMs, path }: LoadPlan): void {
  const requests = (requestsPerSecond * loadMs) / 1_000;
  if (requestsPerSecond > bounds.requestsPerSecond) {
    throw tooMuch(`${requestsPerSecond} requests per second are too many`);
  }
  if (loadMs < 1_000) throw tooMuch('a load of less than a second measures nothing');
  if (loadMs > bounds.loadMs) throw tooMuch('a load of more than 30 minutes is too long');
  if (requests > bounds.requests) throw tooMuch(`${Math.round(requests)} requests are too many`);
  if (watchMs > bounds.watchMs) throw tooMuch('watching for more than 30 minutes is too long');
  if (path !== undefined && !/^\/[\w\-.~!$&'()*+,;=:@%/?]*$/.test(path)) {
    throw new PlatformError(
      'USAGE',
      `${JSON.stringify(path)} is no path of a web address`,
      'It begins with a slash, and other characters are written as %20: --path /predictions',
    );
  }
  const parts =
    path
      ?.replace(/\?.*/, '')
      .replaceAll(/%2e/gi, '.')
      .split(/\/|%2f/i) ?? [];
  if (path !== undefined && parts.includes('..')) {
    throw new PlatformError('USAGE', `${path} leads out of the app`, 'Name the path without ..');
  }
}

function tooMuch(message: string): PlatformError {
  return new PlatformError(
    'USAGE',
    message,
    `Allowed are up to ${bounds.requestsPerSecond} requests per second for 1 s to 30 m, ${bounds.requests} in all: --rps 100 --for 2m`,
  );
}
