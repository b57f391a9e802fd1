import { PlatformError } from '../errors/platform-error.ts';
import type { Kube } from '../ports/kube.ts';

/**
 * Where the Service of an app listens: its first port.
 *
 * @throws {PlatformError} APP_UNKNOWN when there is no Service of that name.
 */
export async function servicePort(
  kube: Pick<Kube, 'list'>,
  app: string,
): Promise<{ namespace: string; port: number }> {
  const services = await kube.list({ apiVersion: 'v1', kind: 'Service' });
  const service = services.find(({ metadata }) => metadata.name === app);
  const { ports = [] } = (service?.['spec'] ?? {}) as { ports?: readonly { port: number }[] };
  const [first] = ports;
  if (service && first) return { namespace: service.metadata.namespace ?? 'default', port: first.port };
  const others = services
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] !== undefined)
    .map(({ metadata }) => metadata.name);
  throw new PlatformError(
    'APP_UNKNOWN',
    `${app} has no Service, so nothing of it can be reached`,
    others.length > 0 ? `These have one: ${others.join(', ')}` : `Add a Service to apps/${app}/base`,
  );
}
