import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';

/**
 * Writes down what a person did with an object, where `kubectl describe` and the event views show it.
 *
 * @returns Why that could not be written, where the server refuses it: what was done stays done.
 * @throws {PlatformError} CLUSTER_UNREACHABLE.
 */
export async function recordEvent(
  { kube, clock }: { readonly kube: Pick<Kube, 'apply'>; readonly clock: Pick<Clock, 'now'> },
  { apiVersion, kind, metadata }: KubeObject,
  reason: string,
  message: string,
): Promise<string | undefined> {
  const { name, namespace = 'default', uid, resourceVersion } = metadata;
  const now = clock.now();
  const at = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'); // metav1.Time has no fractions
  try {
    await kube.apply({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${reason.toLowerCase()}.${now.toString(16)}`, namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
      type: 'Normal',
      reason,
      message,
      source: { component: 'platform' },
      reportingComponent: 'platform',
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'KUBE_REJECTED') throw error;
    return `no event tells of it: ${error.message}`;
  }
}
