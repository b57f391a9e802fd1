/**
 * What asks a controller of Flux to look at an object now; it answers with the same value in `status.lastHandledReconcileAt`.
 *
 * @see {@link https://fluxcd.io/flux/components/kustomize/kustomizations/#triggering-a-reconcile}
 */
export const requestAnnotation = 'reconcile.fluxcd.io/requestedAt';

/** @param now In milliseconds since 1970. */
export function requestOf(now: number): { requestedAt: string; annotations: Record<string, string> } {
  const requestedAt = new Date(now).toISOString();
  return { requestedAt, annotations: { [requestAnnotation]: requestedAt } };
}
