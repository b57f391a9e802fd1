/** A Kubernetes object as the API gives it; only the fields that every object has are typed. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    }[];
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly operation?: string;
      /** ISO 8601. */
      readonly time?: string;
      readonly subresource?: string;
      readonly fieldsV1?: object;
    }[];
  };
  readonly [field: string]: unknown;
}

/** What names one object in a cluster. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** One kind of object. */
export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A kind whose place in the API is known, so that the server need not be asked for it. */
export interface KnownKind extends KindRef {
  /** As in the path: `deployments`. */
  readonly plural: string;
}

/**
 * One cluster, reached through one context. Every call has a deadline of 30 s unless the implementation is told
 * otherwise.
 *
 * @throws {PlatformError} CLUSTER_UNREACHABLE when nothing answers, KUBE_REJECTED when the API server refuses,
 *   OBJECT_CHANGED when it does because the object is another one, or not as it was, by now.
 */
export interface Kube {
  /** `/version`, e.g. `v1.36.3`. */
  version(): Promise<string>;
  /** Every kind that the server can list, each in the version that it prefers. */
  kinds(): Promise<KindRef[]>;
  /** undefined when there is no such object, or its kind is not known to the server (yet). */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  /** Empty when the kind is not known to the server. All namespaces unless one is given. */
  list(
    kind: KindRef | KnownKind,
    options?: { namespace?: string; labelSelector?: string; fieldSelector?: string },
  ): Promise<KubeObject[]>;
  /** Server-side apply with force, under the field manager `platform`. */
  apply(object: KubeObject): Promise<KubeObject>;
  /**
   * What server-side apply as kustomize-controller, with force, would make of an object; nothing is stored. Takes the right
   * to patch it.
   */
  dryRun(object: KubeObject): Promise<KubeObject>;
  /** JSON merge patch; undefined when the object is not there. */
  patch(ref: ObjectRef, patch: object): Promise<KubeObject | undefined>;
  /** Asks for deletion with foreground propagation off; false when it is not there. Does not wait. */
  delete(ref: ObjectRef): Promise<boolean>;
}

export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** `Kind/name` or `Kind/namespace/name`: how this program names an object to people. */
export function formatRef({ kind, namespace, name }: ObjectRef): string {
  return namespace === undefined || namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
