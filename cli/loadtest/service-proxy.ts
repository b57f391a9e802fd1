import { PlatformError } from '../errors/platform-error.ts';
import type { ClusterAccess } from '../engines/engine.ts';
import type { Clock } from '../ports/clock.ts';
import type { Guard, GuardedProcess } from '../ports/guard.ts';
import { requestLoopback } from '../ports/loopback.ts';

/** A way to the Service of an app, through the API server. */
export interface ServiceProxy {
  /** Of this machine's loopback interface, without a slash at its end: paths of the app follow. */
  readonly url: string;
  readonly process: GuardedProcess;
}

/** How long kubectl may take to listen, in milliseconds. */
const listenMs = 20_000;

/**
 * Opens a port of this machine that leads to one Service and nowhere else. Each request goes to another pod by chance, as those of
 * other pods do; `kubectl port-forward` would pin the first one, so that scaling up changed nothing.
 *
 * @throws {PlatformError} TOOL_FAILED when kubectl does not listen.
 */
export async function openServiceProxy(
  { guard, clock }: { readonly guard: Guard; readonly clock: Clock },
  { kubeconfig, context }: Pick<ClusterAccess, 'kubeconfig' | 'context'>,
  service: { readonly namespace: string; readonly name: string; readonly port: number },
): Promise<ServiceProxy> {
  const path = `/api/v1/namespaces/${service.namespace}/services/${service.name}:${String(service.port)}/proxy`;
  const heard: { port?: string | undefined } = {};
  const process = await guard({
    tool: 'kubectl',
    args: [
      'proxy',
      '--kubeconfig',
      kubeconfig,
      '--context',
      context,
      '--address=127.0.0.1',
      '--port=0',
      // Whoever reaches the port acts with the rights of this kubeconfig: only as far as this app, and only to read.
      `--accept-paths=^${path}/`,
      '--reject-methods=^(POST|PUT|PATCH|DELETE|CONNECT)$',
    ],
    onLine: (line) => void (heard.port ??= /Starting to serve on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]),
  });
  const ended = { is: false };
  void process.exited.then(() => (ended.is = true));
  const started = clock.elapsed();
  while (heard.port === undefined) {
    if (!ended.is && clock.elapsed() - started < listenMs) {
      await clock.sleep(20);
      continue;
    }
    await process.stop();
    throw new PlatformError(
      'TOOL_FAILED',
      `kubectl proxy does not listen: ${process.lastErrors() || 'it says nothing'}`,
      `Run it by hand: kubectl proxy --kubeconfig ${kubeconfig} --context ${context} --port=0`,
    );
  }
  return { url: `http://127.0.0.1:${heard.port}${path}`, process };
}

/**
 * Asks the app once, before a load is sent to it.
 *
 * @throws {PlatformError} LOADTEST_FAILED when it does not answer, or with an error.
 */
export async function requireAnswer(url: string, path: string, app: string): Promise<void> {
  const answer = await requestLoopback({ url: `${url}${path}`, timeoutMs: 15_000 }).catch(
    (error: unknown) => error,
  );
  if (typeof answer === 'object' && answer !== null && 'status' in answer && 'body' in answer) {
    const { status, body } = answer as { status: number; body: string };
    if (status < 400) return;
    const says = body.trim().slice(0, 200);
    throw new PlatformError(
      'LOADTEST_FAILED',
      `${app} answers GET ${path} with ${status}${says === '' ? '' : `: ${says}`}; no load was sent`,
      status >= 500
        ? `See what it says: platform logs ${app}`
        : 'Name a path that it has: --path /predictions',
    );
  }
  throw new PlatformError(
    'LOADTEST_FAILED',
    `${app} does not answer GET ${path}: ${answer instanceof Error ? answer.message : String(answer)}; no load was sent`,
    `platform status`,
  );
}
