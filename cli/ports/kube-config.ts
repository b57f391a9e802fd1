import type { Agent as HttpAgent } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { PlatformError } from '../errors/platform-error.ts';
import { kubectlFor } from './kubectl-for.ts';
import { quote } from './run.ts';

// Loaded on demand by kube-client.ts: the import of client-node alone takes about 0.6 s unbundled. It is imported by
// name, so that the bundler drops the generated API classes, which nothing here uses.

/** How long credentials are used before they are asked for again: those of an exec plugin expire. */
const freshMs = 60_000;

/** One server with the means to talk to it. */
export interface KubeEndpoint {
  /** As the kubeconfig has it; may have a path (`https://host/k8s/clusters/c-1`). */
  readonly server: URL;
  /** `kubectl --kubeconfig … --context …`, to paste. */
  readonly kubectl: string;
  /** TLS, agent and Authorization for one request. */
  options(): Promise<RequestOptions>;
}

/**
 * Reads one context of a kubeconfig file; asks the server nothing. Only a `proxy-url` in the file sends requests
 * through a proxy, never a variable of the environment: those catch loopback servers.
 *
 * @param context The current one of the file by default.
 * @throws {PlatformError} KUBECONFIG_UNUSABLE when the file or the context is not there or not readable.
 */
export function loadEndpoint(file: string, context?: string): KubeEndpoint {
  const config = new KubeConfig();
  const kubectl = kubectlFor(file, context);
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw unusable(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const wanted = context ?? config.getCurrentContext();
  if (config.getContextObject(wanted) === null) throw unusable(file, `has no context "${wanted}"`);
  config.setCurrentContext(wanted);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw unusable(file, `has no cluster for the context "${wanted}"`);
  if (!URL.canParse(cluster.server)) throw unusable(file, `has no usable server for the context "${wanted}"`);

  let kept: { options: RequestOptions; at: number } | undefined;
  return {
    server: new URL(cluster.server),
    kubectl,
    options: async () => {
      if (kept && performance.now() - kept.at < freshMs) return kept.options;
      const options: RequestOptions = {};
      try {
        await config.applyToHTTPSOptions(options);
      } catch (error) {
        throw unusable(
          file,
          `gives no credentials: ${error instanceof Error ? error.message : String(error)}`,
          error,
        );
      }
      if (cluster.proxyUrl === undefined) options.agent = agentFor(cluster.server, options);
      kept = { options, at: performance.now() };
      return options;
    },
  };
}

/** client-node makes an agent without keep-alive: a handshake for every request. undefined is node:http's own. */
function agentFor(server: string, options: RequestOptions): Agent | HttpAgent | undefined {
  if (server.startsWith('http:')) return undefined;
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options;
  return new Agent({ keepAlive: true, ca, cert, key, pfx, passphrase, servername, rejectUnauthorized });
}

function unusable(file: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError(
    'KUBECONFIG_UNUSABLE',
    `${file} ${why}`,
    `kubectl --kubeconfig ${quote(file)} config get-contexts`,
    { cause },
  );
}
