import type { ObjectRef } from '../ports/kube.ts';
import type { Cause, State } from './model.ts';

// What a model holds besides its items; plain data, as all of it.

/** An object below an item: of its inventory, or made by a controller from it, as ReplicaSets and pods are. */
export interface Part {
  /** `Kind/namespace/name`; unique in a model, and never that of an item. */
  readonly id: string;
  readonly ref: ObjectRef;
  /** The item or part that it belongs to. */
  readonly parent: string;
  /** Absent where only the inventory tells of it: kinds without health, as Services. */
  readonly state?: State;
  readonly message?: string;
  /** Seconds since it was created. */
  readonly ageSeconds?: number;
  /** Pods: init containers first. */
  readonly containers?: readonly Container[];
  /** For what is seen and not Ready. */
  readonly cause?: Cause;
}

export interface Container {
  readonly name: string;
  readonly init: boolean;
  readonly image: string;
  readonly state: State;
  /** `running`, `waiting: ImagePullBackOff`, `ended with exit code 1 (Error)`. */
  readonly message: string;
  readonly restarts: number;
}

/** One event, as the cluster keeps it: an hour, mostly. */
export interface EventLine {
  /** ISO 8601, of the last time. */
  readonly at: string;
  /** The id of the object that it is about, which may be gone. */
  readonly about: string;
  readonly warning: boolean;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** The controller that said it. */
  readonly from: string;
}

/** A Job with its tries. */
export interface JobRun {
  /** The id of an item or a part. */
  readonly id: string;
  readonly state: State;
  readonly message: string;
  readonly wanted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly active: number;
  readonly parallelism: number;
  readonly backoffLimit: number;
  /** ISO 8601. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** From start to end, or to now. */
  readonly seconds?: number;
  /** Its pods, oldest first; those that were cleaned away are not among them. */
  readonly attempts: readonly Attempt[];
}

export interface Attempt {
  readonly pod: string;
  readonly state: State;
  readonly message: string;
  readonly exitCode?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** One image that something asks for. */
export interface ImageUse {
  /** As the pod template spells it. */
  readonly image: string;
  /** Ids of items. */
  readonly usedBy: readonly string[];
  /** Pods that have a container of it, and of those the ones that are ready. */
  readonly pods: number;
  readonly ready: number;
  /** What the nodes resolved it to, where they say so: `sha256:…`. */
  readonly digests: readonly string[];
}

/** A Secret, by name and names of keys; its values never leave the reader. */
export interface SecretUse {
  /** `Secret/namespace/name`. */
  readonly id: string;
  /** Absent: not allowed to look. False: something needs it, and it is not there. */
  readonly present?: boolean;
  readonly type?: string;
  readonly keys: readonly string[];
  readonly ageSeconds?: number;
  /** Ids of the items that need it. */
  readonly usedBy: readonly string[];
  /** The ExternalSecret that makes it. */
  readonly external?: {
    readonly id: string;
    readonly state: State;
    readonly message: string;
    readonly store: string;
    /** ISO 8601. */
    readonly refreshedAt?: string;
  };
}

/** In which order Flux applies, and how long each took. */
export interface Order {
  /** Ids of Kustomizations and HelmReleases; each wave needs only those before it. */
  readonly waves: readonly (readonly string[])[];
  readonly steps: readonly OrderStep[];
  /** The chain of dependencies that took longest; ids, first to last. */
  readonly criticalPath: readonly string[];
  readonly criticalSeconds: number;
  /** Each a circle of ids that wait for each other: none of them is ever applied. */
  readonly cycles: readonly (readonly string[])[];
}

export interface OrderStep {
  readonly id: string;
  /** From 0: the longest path of dependencies below it. */
  readonly wave: number;
  readonly dependsOn: readonly string[];
  /** Of those, what the cluster does not have. */
  readonly missing: readonly string[];
  /** How long Flux's last run on it took, health checks included. */
  readonly seconds?: number;
  /** How long what it applies had been at the source before that run began. */
  readonly waitedSeconds?: number;
  /** ISO 8601; when a run last ended well. */
  readonly lastReadyAt?: string;
  readonly critical: boolean;
}
