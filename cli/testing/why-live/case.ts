/** One thing that is broken in a cluster, and what `platform why` must say of it. */
export interface LiveCase {
  /** Of its Flux Kustomization, its folder and its namespace. */
  readonly name: string;
  /** What its Kustomization applies; the namespace comes by itself where none is among them. */
  readonly objects?: readonly object[];
  /** The same, in a second commit. */
  readonly later?: readonly object[];
  /** Comes with the second commit alone. */
  readonly second?: boolean;
  /** Other files of its folder, by their names. */
  readonly files?: Readonly<Record<string, string>>;
  /** Over the spec of its Kustomization. */
  readonly spec?: object;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Flux objects beside the Kustomization. */
  readonly flux?: readonly object[];
  /** The object that is asked about; the Kustomization by default. */
  readonly asked?: string;
  readonly rule: string;
  /** The id that the chain ends with; pods and ReplicaSets without the random end of their names. */
  readonly culprit: string;
  /** What is said behind the colon, without the age. */
  readonly says: string | RegExp;
  readonly next: string;
}

/** Of the container in every pod: nothing runs it, pods are simulated. */
const image = 'registry.test/app:1';

export function deployment(podSpec: object = {}, container: object = {}, spec: object = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'app', image, ...container }], ...podSpec },
      },
      ...spec,
    },
  };
}

export function job(spec: object, podSpec: object = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'fill' },
    spec: {
      ...spec,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image }], ...podSpec } },
    },
  };
}

export function configMap(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' }, ...more };
}

/** A webhook that nobody answers, for one kind of object in one namespace. */
export function webhook(namespace: string, resource: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: `${resource}.example.test`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 1,
        clientConfig: { url: 'https://127.0.0.1:1/' },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource] }],
      },
    ],
  };
}

/** Flux reports it ready only when what it applies is; it looks for 5 s. */
export const waits = { wait: true, timeout: '5s' };

export function source(kind: string, name: string, spec: object): object {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind,
    metadata: { name, namespace: 'flux-system' },
    spec: { interval: '1h', timeout: '10s', ...spec },
  };
}

/** The files of all cases, by their paths in the repository: folders with manifests, and the Flux objects. */
export function filesOf(cases: readonly LiveCase[], later = false): Record<string, string> {
  const files: Record<string, string> = {};
  for (const one of cases.filter(({ second = false }) => later || !second)) {
    const { name } = one;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const objects = later ? (one.later ?? one.objects) : one.objects;
    if (objects) {
      const own = objects.some((each) => 'kind' in each && each.kind === 'Namespace');
      const placedObjects = objects.map((each) => placed(each, name));
      files[`cases/${name}/objects.yaml`] = documents(own ? placedObjects : [namespace, ...placedObjects]);
    }
    for (const [file, text] of Object.entries(one.files ?? {})) files[`cases/${name}/${file}`] = text;
    files[`clusters/dev/flux/case-${name}.yaml`] = documents([kustomizationOf(one), ...(one.flux ?? [])]);
  }
  return files;
}

function placed(object: object, namespace: string): object {
  const { kind, metadata } = object as { kind: string; metadata: object };
  if (kind === 'ValidatingWebhookConfiguration' || kind === 'Namespace') return object;
  return { ...object, metadata: { namespace, ...metadata } };
}

function kustomizationOf({ name, spec, annotations }: LiveCase): object {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system', ...(annotations ? { annotations } : {}) },
    spec: {
      sourceRef: { kind: 'GitRepository', name: 'platform' },
      path: `./cases/${name}`,
      interval: '1h',
      retryInterval: '1h', // once is enough, and the machine has other work
      timeout: '20s',
      prune: true,
      ...spec,
    },
  };
}

/** JSON is YAML. */
function documents(objects: readonly object[]): string {
  return objects.map((object) => `---\n${JSON.stringify(object, null, 2)}\n`).join('');
}
