import type { ObjectRef } from '../ports/kube.ts';

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

/** One Flux object, or one workload that Flux owns. */
export interface Item {
  /** `Kind/namespace/name`; unique in a model. */
  readonly id: string;
  readonly ref: ObjectRef;
  readonly role: 'source' | 'applier' | 'workload';
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
  /** For everything that is not Ready. */
  readonly cause?: Cause;
}

/** What a cluster looks like at one moment; plain data, so that it can be printed, sent and kept. */
export interface Model {
  /** ISO 8601. */
  readonly takenAt: string;
  /** Sources, then appliers with what they own, each by name. */
  readonly items: readonly Item[];
  readonly counts: Readonly<Record<State, number>>;
  /** True when every item is Ready and there is at least one. */
  readonly ready: boolean;
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}
