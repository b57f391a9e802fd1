import type { Clock } from '../ports/clock.ts';
import { formatRef, type Kube, type KubeObject, type ObjectRef } from '../ports/kube.ts';
import { recordEvent } from './record-event.ts';
import { requestAnnotation, requestOf } from './request-annotation.ts';
import type { Seen } from './suspension.ts';

/**
 * What became of a request. Only `reconciled` is success. `suspended`: Flux was not asked, it would do nothing;
 * `unfinished`: the deadline passed; `gone`: there is no such object.
 */
export type Became = 'reconciled' | 'failed' | 'suspended' | 'unfinished' | 'gone';

export interface Reconciled {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly outcome: Became;
  /** What the object says about it; where it was not asked, why. */
  readonly message: string;
  /** What is applied, or for a source what was fetched; absent where the kind has none, as HelmReleases. */
  readonly revision?: string;
  /** From the request to the outcome. */
  readonly seconds: number;
  /** What did not work besides, in words. */
  readonly warnings: readonly string[];
}

export interface ReconcileOptions {
  /** Deadline in milliseconds. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal | undefined;
  /** Who asks, for the event. */
  readonly by: string;
  /** HelmReleases: forget the failures, so that there are retries again. */
  readonly reset?: boolean | undefined;
  /** As somebody saw it: then an object that is another one, or was changed, is not asked. */
  readonly seen?: Omit<Seen, 'ref'> | undefined;
}

/** A request to reconcile an object. */
export interface ReconcileRequest {
  /** The value that its annotation was given. */
  readonly requestedAt: string;
  /** The object before. */
  readonly before: KubeObject | undefined;
}

const intervalMs = 250;

/** Ready=False with these means that Flux has looked, and tries again within seconds. */
const waitingReasons = new Set(['DependencyNotReady', 'SourceNotReady']);

/**
 * Asks Flux to work on an object now, and waits until it did: the request is handled ({@link isHandled}), and nothing is
 * under way or waited for. A suspended object takes the request and does nothing, so it is not asked.
 *
 * @throws {PlatformError} OBJECT_CHANGED, KUBE_REJECTED, CLUSTER_UNREACHABLE; an AbortError when it is interrupted.
 * @see {@link https://fluxcd.io/flux/components/kustomize/kustomizations/#triggering-a-reconcile}
 */
export async function reconcileNow(
  { kube, clock }: { readonly kube: Pick<Kube, 'get' | 'patch' | 'apply'>; readonly clock: Clock },
  ref: ObjectRef,
  { timeoutMs, interrupted, by, reset = false, seen = {} }: ReconcileOptions,
): Promise<Reconciled> {
  const began = clock.elapsed();
  const warnings: string[] = [];
  const done = (outcome: Became, message: string, revision = ''): Reconciled => ({
    object: formatRef(ref),
    outcome,
    message,
    ...(revision === '' ? {} : { revision }),
    seconds: Math.round(clock.elapsed() - began) / 1000,
    warnings,
  });
  const before = await kube.get(ref);
  if (!before) return done('gone', 'it is not in the cluster');
  const spec = specOf(before);
  if (spec.suspend === true) return done('suspended', 'it is suspended, so Flux would do nothing');
  if (ref.kind === 'HelmRepository' && spec.type === 'oci')
    return done('reconciled', 'an OCI registry is read when a chart of it is'); // no controller works on it

  const { requestedAt, annotations: asks } = requestOf(clock.now());
  const again = reset ? { 'reconcile.fluxcd.io/resetAt': requestedAt } : {};
  const annotations = { ...asks, ...again };
  const { uid, resourceVersion } = seen;
  const asked = await kube.patch(ref, { metadata: { uid, resourceVersion, annotations } }); // undefined is not sent
  if (!asked) return done('gone', 'it went away meanwhile');
  const unrecorded = await recordEvent({ kube, clock }, asked, 'ReconcileRequested', `${by} asked for it`);
  if (unrecorded !== undefined) warnings.push(unrecorded);
  for (;;) {
    const object = await kube.get(ref);
    if (!object) return done('gone', 'it went away meanwhile');
    const { conditions = [], ...status } = statusOf(object);
    const ready = conditions.find(({ type }) => type === 'Ready');
    const working = conditions.some(
      ({ type, status: is, reason }) => type === 'Reconciling' && is === 'True' && reason === 'Progressing',
    );
    const message = ready?.message ?? '';
    const settled = ready && ready.status !== 'Unknown' && !waitingReasons.has(ready.reason);
    if (isHandled(object, { requestedAt, before }) && !working && settled) {
      const outcome = ready.status === 'True' ? 'reconciled' : 'failed';
      return done(outcome, message, status.lastAppliedRevision ?? status.artifact?.revision);
    }
    if (clock.elapsed() - began >= timeoutMs)
      return done('unfinished', message === '' ? 'its controller has not answered' : message);
    await clock.sleep(intervalMs, interrupted);
  }
}

/**
 * Whether Flux has worked on an object since a request: it handled that one, or a later one which somebody else wrote over
 * it before Flux read it.
 *
 * @param object As it is now.
 */
export function isHandled(object: KubeObject, { requestedAt, before }: ReconcileRequest): boolean {
  const { lastHandledReconcileAt: handled } = statusOf(object);
  if (handled === undefined) return false;
  if (handled === requestedAt) return true;
  const isNew = before === undefined || handled !== statusOf(before).lastHandledReconcileAt;
  return isNew && handled === object.metadata.annotations?.[requestAnnotation];
}

interface FluxStatus {
  readonly lastHandledReconcileAt?: string;
  readonly lastAppliedRevision?: string;
  readonly artifact?: { readonly revision?: string };
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

function statusOf(object: KubeObject): FluxStatus {
  return object['status'] ?? {};
}

function specOf(object: KubeObject): { readonly suspend?: boolean; readonly type?: string } {
  return object['spec'] ?? {};
}
