import type { KubeObject } from '../../ports/kube.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import type { Seen } from '../state/seen.ts';

/** An object that is not Ready, and for which nothing else is to blame. */
export interface Subject {
  readonly object: KubeObject;
  readonly seen: Seen;
  /** Reason of its Ready condition, for Flux objects; empty otherwise. */
  readonly reason: string;
}

export interface Finding {
  /** What is wrong, without the object's name, in a form that goes after a colon. */
  readonly says: string;
  /** A command to paste or an edit to make. */
  readonly next: string;
  /** When it began, ISO 8601; the state's own time by default. */
  readonly since?: string;
  /** True when waiting cannot mend it. */
  readonly final?: boolean;
}

/** One way in which things go wrong. Rules are asked in order; the first that finds something is right. */
export interface Rule {
  /** Stable: it is part of the JSON that `platform status` prints. */
  readonly name: string;
  readonly kinds: readonly string[];
  find(subject: Subject, index: ClusterIndex): Finding | undefined;
}

/** A command of this program about the cluster that is looked at: `platform resume dev Kustomization/…`. */
export function platformCommand(
  { environment }: Pick<ClusterIndex, 'environment'>,
  verb: string,
  ...words: readonly string[]
): string {
  return ['platform', verb, ...(environment === undefined ? [] : [environment]), ...words].join(' ');
}

/** `kubectl describe` of an object: where the rest of the story is. */
export function describeCommand({ kind, metadata }: KubeObject): string {
  const namespace = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`;
  return `kubectl describe${namespace} ${kind.toLowerCase()} ${metadata.name}`;
}
