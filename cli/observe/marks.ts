import type { KubeObject } from '../ports/kube.ts';
import { suspensionKeys } from '../reconcile/suspension.ts';
import { listAt, textAt, valueAt } from './fields.ts';
import type { Badges, Run, Suspension } from './model.ts';

/** Who suspended a Flux object and until when; undefined for one that is not suspended. */
export function suspensionOf(object: KubeObject, now: number): Suspension | undefined {
  if (!object.apiVersion.includes('.fluxcd.io/') || valueAt(object, 'spec', 'suspend') !== true)
    return undefined;
  const notes = object.metadata.annotations ?? {};
  const found = Object.entries(suspensionKeys).flatMap(([name, key]) => {
    const text = notes[key];
    return text === undefined || text === '' ? [] : [[name, text] as const];
  });
  const until = Date.parse(notes[suspensionKeys.until] ?? '');
  return { ...Object.fromEntries(found), expired: until <= now };
}

/** What Flux keeps of its runs, newest first (kustomize-controller since 1.7; helm-controller keeps releases, not runs). */
export function historyOf(object: KubeObject): Run[] {
  if (object.kind !== 'Kustomization') return [];
  return listAt(object, 'status', 'history').map((entry): Run => {
    const revision = textAt(entry, 'metadata', 'revision');
    return {
      result: textAt(entry, 'lastReconciledStatus'),
      ...(revision === '' ? {} : { revision }),
      firstAt: textAt(entry, 'firstReconciled'),
      lastAt: textAt(entry, 'lastReconciled'),
      seconds: secondsOf(textAt(entry, 'lastReconciledDuration')),
    };
  });
}

/** Go's way to write a duration: `1m2.5s`, `250ms`. */
export function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = {
    h: 3600,
    m: 60,
    s: 1,
    ms: 1e-3,
    µs: 1e-6,
    us: 1e-6,
    ns: 1e-9,
  };
  const parts = [...duration.matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)];
  const seconds = parts.reduce(
    (sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (units[unit] ?? 0),
    0,
  );
  return Math.round(seconds * 1000) / 1000;
}

/** Controllers that write to a workload as part of their work; anybody else who does has changed it by hand. */
const known =
  /^(kustomize-controller|helm-controller|gotk-.*|flux|kube-.*|platform|kwok.*|horizontal-pod-autoscaler|keda.*|reloader|Reloader|deployment-controller|k8s.io.*|manager|external-secrets)$/;

/** Marks of a workload that Flux owns: who changed its spec besides Flux and controllers. */
export function driftOf(object: KubeObject): Badges['drifted'] {
  const managers = (object.metadata.managedFields ?? [])
    .filter(({ manager = '', subresource = '', fieldsV1 }) => {
      if (manager === '' || known.test(manager) || subresource === 'status') return false;
      return fieldsV1 !== undefined && 'f:spec' in fieldsV1;
    })
    .map(({ manager = '' }) => manager);
  return managers.length === 0 ? undefined : [...new Set(managers)];
}
