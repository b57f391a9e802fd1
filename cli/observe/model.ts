import type { ObjectRef } from '../ports/kube.ts';
import type { EventLine, ImageUse, JobRun, Order, Part, SecretUse } from './model-parts.ts';

/** The states in which an object can be seen; the first that applies, in this order, is the one it has. */
export const states = [
  'Deleting',
  'Suspended',
  'Stale',
  'Failed',
  'Waiting',
  'Reconciling',
  'Ready',
  'Unknown',
] as const;

export type State = (typeof states)[number];

/** Why an object is not Ready: the culprit, found by following what waits for what. */
export interface Cause {
  /** The rule that found it; see why/rules. `fallback` quotes what the cluster said. */
  readonly rule: string;
  /** The whole story in one line: `Kustomization/… waits for … ← Deployment/… 0/1 ← Pod/…: … (4m)`. */
  readonly sentence: string;
  /** From the object asked about to the culprit; ids as in {@link Item}. */
  readonly chain: readonly string[];
  /** The object that shows it. */
  readonly evidence: ObjectRef;
  /** A command to paste or an edit to make. */
  readonly next: string;
  /** True when waiting cannot mend it: it takes a new commit, or somebody who resumes what is suspended. */
  readonly final: boolean;
}

/** Who suspended an object, as `platform suspend` wrote it down; all of it may be missing: kubectl writes nothing. */
export interface Suspension {
  readonly reason?: string;
  readonly by?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  /** True when `until` is over, and nobody has resumed it. */
  readonly expired: boolean;
}

/** What is worth a mark on an object that may well be Ready. */
export interface Badges {
  /** Commits that HEAD of the clone has and the applied revision lacks. */
  readonly behind?: number;
  /** Field managers that changed it besides Flux: `kubectl-edit`. Flux takes back what it rendered at its next run. */
  readonly drifted?: readonly string[];
}

/** One run of Flux, or several that gave the same. */
export interface Run {
  /** Status that it ended with, as Flux names it: `ReconciliationSucceeded`. */
  readonly result: string;
  readonly revision?: string;
  /** ISO 8601, of the first and the last of them. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Of the last. */
  readonly seconds: number;
}

/** One Flux object, or one workload that Flux owns; `image` is Flux's image automation. */
export interface Item {
  /** `Kind/namespace/name`; unique in a model. */
  readonly id: string;
  readonly ref: ObjectRef;
  readonly role: 'source' | 'applier' | 'workload' | 'image';
  readonly state: State;
  /** What the cluster says about it, whole, on one or more lines; may be empty. */
  readonly message: string;
  /** Seconds since the object was created. */
  readonly ageSeconds: number;
  /** Applied revision (`main@sha1:…`), chart version, or for a workload the images' tags. */
  readonly revision?: string;
  /** Flux objects: the revision that is being tried or was tried last, when it is not the applied one. */
  readonly attempted?: string;
  /** Kustomizations: the revision whose objects are all applied, healthy or not. */
  readonly inPlace?: string;
  /** The source that it is made from. */
  readonly source?: string;
  /** The Flux object in whose inventory it is. */
  readonly owner?: string;
  /** What it waits for: known to the model or not. */
  readonly blockedBy?: string;
  /** Workloads: pods (for a Job: completions) that are ready, of those that are wanted, and how many run now. */
  readonly progress?: { readonly ready: number; readonly wanted: number; readonly active: number };
  /** For actions: what was looked at, so that it is not changed when it is another one by now. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    /** ISO 8601. */
    readonly since: string;
  }[];
  readonly badges?: Badges;
  /** Flux objects that are suspended. */
  readonly suspension?: Suspension;
  /** Flux objects: newest first, as Flux keeps them. */
  readonly history?: readonly Run[];
  /** For everything that is not Ready. */
  readonly cause?: Cause;
}

/** What a cluster looks like at one moment; plain data, so that it can be printed, sent and kept. */
export interface Model {
  /** ISO 8601. */
  readonly takenAt: string;
  /** Sources, then appliers with what they own, each by name. */
  readonly items: readonly Item[];
  /** What is below the items. */
  readonly parts: readonly Part[];
  readonly order: Order;
  readonly jobs: readonly JobRun[];
  /** Newest first. */
  readonly events: readonly EventLine[];
  readonly images: readonly ImageUse[];
  readonly secrets: readonly SecretUse[];
  readonly counts: Readonly<Record<State, number>>;
  /** True when every item is Ready and there is at least one. */
  readonly ready: boolean;
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}
