import type { KubeObject } from '../ports/kube.ts';

// Objects as a cluster would give them, cut to what matters; the shapes were seen on Flux 2.9 and Kubernetes 1.36.

/** When the tests' clusters are looked at, and four minutes before. */
export const now = Date.parse('2026-01-01T12:00:00Z');
export const fourMinutesAgo = '2026-01-01T11:56:00Z';

export const revision = (hash: string): string => `main@sha1:${hash.repeat(40).slice(0, 40)}`;

export type Condition = readonly [
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason?: string,
  message?: string,
];

export function conditions(...all: readonly Condition[]): object[] {
  return all.map(([type, status, reason = 'Because', message = '']) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: fourMinutesAgo,
    observedGeneration: 1,
  }));
}

interface Parts {
  readonly namespace?: string;
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
  readonly owner?: KubeObject;
}

export function object(apiVersion: string, kind: string, name: string, parts: Parts = {}): KubeObject {
  const { namespace = 'ml', spec = {}, status = {}, metadata = {}, owner } = parts;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      uid: `${kind}-${name}`,
      generation: 1,
      creationTimestamp: fourMinutesAgo,
      ...(owner
        ? {
            ownerReferences: [{ kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '' }],
          }
        : {}),
      ...metadata,
    },
    spec,
    status,
  };
}

const flux = { namespace: 'flux-system' };

export function gitRepository(
  at: string,
  ready: readonly object[] = conditions(['Ready', 'True']),
): KubeObject {
  return object('source.toolkit.fluxcd.io/v1', 'GitRepository', 'platform', {
    ...flux,
    spec: { url: 'http://127.0.0.1:4000/platform.git' },
    status: { observedGeneration: 1, artifact: { revision: at }, conditions: ready },
  });
}

export function kustomization(
  name: string,
  status: { applied?: string; attempted?: string; conditions?: object[]; inventory?: string[] },
  spec: object = {},
): KubeObject {
  return object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', name, {
    ...flux,
    spec: { path: `./apps/${name}`, sourceRef: { kind: 'GitRepository', name: 'platform' }, ...spec },
    status: {
      observedGeneration: status.applied === undefined ? -1 : 1,
      lastAppliedRevision: status.applied,
      lastAttemptedRevision: status.attempted ?? status.applied,
      conditions: status.conditions ?? conditions(['Ready', 'True']),
      inventory: { entries: (status.inventory ?? []).map((id) => ({ id, v: 'v1' })) },
    },
  });
}

/** The root, with the Kustomizations that it applies. */
export function root(applied: string, children: readonly string[]): KubeObject {
  const inventory = children.map((name) => `flux-system_${name}_kustomize.toolkit.fluxcd.io_Kustomization`);
  return kustomization('platform', { applied, inventory });
}

export function deployment(name: string, available: number, wanted = 1, status: object = {}): KubeObject {
  return object('apps/v1', 'Deployment', name, {
    spec: {
      replicas: wanted,
      template: { spec: { containers: [{ image: `registry.test/${name}:0.1.0` }] } },
    },
    status: {
      observedGeneration: 1,
      replicas: wanted,
      updatedReplicas: wanted,
      availableReplicas: available,
      ...status,
    },
  });
}

export function replicaSet(name: string, owner: KubeObject, status: object = {}): KubeObject {
  return object('apps/v1', 'ReplicaSet', name, { owner, status });
}

export function pod(name: string, owner: KubeObject, status: object): KubeObject {
  return object('v1', 'Pod', name, { owner, status });
}

export function job(name: string, status: object, spec: object = {}): KubeObject {
  return object('batch/v1', 'Job', name, { spec, status });
}

export function warning(about: KubeObject, reason: string, message: string): KubeObject {
  const { kind, metadata } = about;
  return {
    ...object('v1', 'Event', `${metadata.name}.${reason}`),
    type: 'Warning',
    reason,
    message,
    lastTimestamp: fourMinutesAgo,
    involvedObject: { kind, namespace: metadata.namespace, name: metadata.name },
  };
}
