import type { KubeObject } from '../ports/kube.ts';

/** The fields of a container that house rules look at. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly configMapKeyRef?: KeyReference; readonly secretKeyRef?: KeyReference };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: Reference; readonly secretRef?: Reference }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, unknown>>;
    readonly limits?: Readonly<Record<string, unknown>>;
  };
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly securityContext?: SecurityContext;
}

export interface Reference {
  readonly name?: string;
  readonly optional?: boolean;
}

export interface KeyReference extends Reference {
  readonly key?: string;
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
}

export interface Volume {
  readonly name?: string;
  readonly hostPath?: object;
  readonly configMap?: Reference;
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
  readonly projected?: {
    readonly sources?: readonly { readonly configMap?: Reference; readonly secret?: Reference }[];
  };
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly imagePullSecrets?: readonly Reference[];
  readonly securityContext?: SecurityContext;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
}

/** The pods that an object makes. */
export interface Workload {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** Where `spec` lies in the object. */
  readonly path: readonly string[];
}

const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** The pods of a built-in workload kind; undefined for every other kind, and where the template is missing. */
export function workloadOf(object: KubeObject): Workload | undefined {
  const path = templatePaths[object.kind];
  if (path === undefined) return undefined;
  let template: unknown = object;
  for (const key of path) template = (template as Readonly<Record<string, unknown>> | undefined)?.[key];
  const { metadata, spec } = (template ?? {}) as {
    metadata?: { labels?: Record<string, string> };
    spec?: PodSpec;
  };
  return spec === undefined ? undefined : { labels: metadata?.labels ?? {}, spec, path: [...path, 'spec'] };
}

/** Every container of the pods with where it lies in the object; init containers too. */
export function containersOf({
  spec,
  path,
}: Workload): { container: Container; path: (string | number)[] }[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ container, path: [...path, list, index] })),
  );
}

/** True where `labels` has everything the selector asks for; an empty selector matches all. */
export function matches(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
