import { hashOf, rootOf } from './pending.ts';
import { conditionsOf, listAt, textAt, valueAt } from './fields.ts';
import type { KubeObject } from '../ports/kube.ts';
import { historyOf } from './marks.ts';
import type { Item, Model, Run, State } from './model.ts';
import type { CommitNote } from './commit-note.ts';

// How a commit came into a cluster: when each of its stations was reached, as far as the cluster still knows.

/** One station after the other; each may be unknown. */
export const stations = ['committed', 'fetched', 'began', 'applied', 'rolledOut'] as const;
export type Station = (typeof stations)[number];

/** ISO 8601 by station. */
export type Times = Readonly<Partial<Record<Station, string>>>;

export interface Hop {
  readonly to: Station;
  readonly at: string;
  /** Since the station before that is known; absent for the first. */
  readonly seconds?: number;
}

export interface Delivery {
  /** What the source has, 40 hex digits; absent before the first fetch. */
  readonly commit?: string;
  readonly note?: CommitNote;
  /** True when everything that is made from the source is at that commit and rolled out. */
  readonly complete: boolean;
  /** Of all together: the first to begin, the last to be applied and rolled out. */
  readonly hops: readonly Hop[];
  /** From the commit to the last known station. */
  readonly seconds?: number;
  readonly steps: readonly DeliveryStep[];
}

/** What one Kustomization did with the commit. */
export interface DeliveryStep {
  readonly id: string;
  readonly state: State;
  /**
   * `changed`: the commit brought it something · `unchanged`: it has the commit, which brought it nothing · `pending`: it
   * has an earlier one.
   */
  readonly change: 'changed' | 'unchanged' | 'pending';
  /** Without `committed` and `fetched`, which are the same for all. */
  readonly times: Times;
}

/**
 * @param find The objects that the model was made from.
 * @param note What git knows of the commit.
 */
export function buildDelivery(
  model: Model,
  find: (id: string) => KubeObject | undefined,
  note: CommitNote | undefined,
): Delivery {
  const source = rootOf(model)?.source ?? '';
  const commit = deliveredCommit(model);
  const fetched = textAt(find(source), 'status', 'artifact', 'lastUpdateTime');
  const followers = model.items.filter((item) => item.ref.kind === 'Kustomization' && item.source === source);
  const steps = followers.map((item) => stepOf(item, model, find, { commit, fetched }));
  const times: Times = {
    ...(note ? { committed: note.at } : {}),
    ...(fetched === '' ? {} : { fetched }),
    ...edgeOf(steps, 'began', (all) => all[0]),
    ...edgeOf(steps, 'applied', (all) => all.at(-1)),
    ...edgeOf(steps, 'rolledOut', (all) => all.at(-1)),
  };
  const complete =
    steps.length > 0 && steps.every(({ change, state }) => change !== 'pending' && state === 'Ready');
  // Some of it may be rolled out long before all of it is.
  const hops = hopsOf(times).filter(({ to }) => complete || to !== 'rolledOut');
  const [first, last] = [hops[0], hops.at(-1)];
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(note ? { note } : {}),
    complete,
    hops,
    ...(first && last && first !== last ? { seconds: secondsBetween(first.at, last.at) } : {}),
    steps,
  };
}

/** The commit that the source of the root has: 40 hex digits. */
export function deliveredCommit(model: Model): string | undefined {
  const source = rootOf(model)?.source;
  return hashOf(model.items.find(({ id }) => id === source)?.revision);
}

/** The stations that are known, each with the time since the one before. */
export function hopsOf(times: Times): Hop[] {
  const hops: Hop[] = [];
  for (const to of stations) {
    const at = times[to];
    if (at === undefined) continue;
    const before = hops.at(-1);
    hops.push({ to, at, ...(before ? { seconds: secondsBetween(before.at, at) } : {}) });
  }
  return hops;
}

interface Arrival {
  readonly commit: string | undefined;
  /** ISO 8601; empty where nobody knows. */
  readonly fetched: string;
}

function stepOf(
  item: Item,
  model: Model,
  find: (id: string) => KubeObject | undefined,
  { commit, fetched }: Arrival,
): DeliveryStep {
  const { id, state } = item;
  const object = find(id);
  const [last] = object ? historyOf(object) : [];
  const since = Date.parse(fetched);
  if (!object || !last || commit === undefined || hashOf(last.revision) !== commit)
    return { id, state, change: 'pending', times: {} };
  // Flux counts a run that gives the same as the last one to that: what began before the fetch, the commit did not change.
  if (!(Date.parse(last.firstAt) >= since)) return { id, state, change: 'unchanged', times: {} };
  const went = last.result.includes('Succeeded');
  const once = last.firstAt === last.lastAt;
  const workloads = model.items.filter(({ owner, role }) => owner === id && role === 'workload');
  const found = workloads.flatMap((workload) => find(workload.id) ?? []);
  const written = newest(found.map(writtenAt), since);
  const rolled = newest(found.map(rolledOutAt), since);
  const waits = valueAt(object, 'spec', 'wait') === true || listAt(object, 'spec', 'healthChecks').length > 0;
  const applied = written ?? (went ? last.firstAt : undefined);
  const healthy = workloads.every((workload) => workload.state === 'Ready');
  const rolledOut = rolled ?? (waits || found.length === 0 ? last.firstAt : undefined);
  return {
    id,
    state,
    change: 'changed',
    times: {
      ...(once ? { began: beginOf(last, since) } : {}),
      ...(applied === undefined ? {} : { applied }),
      ...(went && healthy && rolledOut !== undefined ? { rolledOut } : {}),
    },
  };
}

/** Kubernetes writes whole seconds: nothing begins before it was fetched. */
function beginOf({ firstAt, seconds }: Run, since: number): string {
  return new Date(Math.max(since, Date.parse(firstAt) - seconds * 1000)).toISOString();
}

/** When Flux last changed it, or made it. */
function writtenAt({ metadata }: KubeObject): string {
  const times = (metadata.managedFields ?? [])
    .filter(({ manager, subresource }) => manager === 'kustomize-controller' && subresource === undefined)
    .map(({ time = '' }) => time);
  return times.sort().at(-1) ?? metadata.creationTimestamp ?? '';
}

/** When its last rollout was over, where the kind tells: a Deployment that progressed, a Job that ended. */
function rolledOutAt(workload: KubeObject): string {
  if (workload.kind === 'Job') return textAt(workload, 'status', 'completionTime');
  const progress = listAt(workload, 'status', 'conditions').find(
    (each) => textAt(each, 'type') === 'Progressing',
  );
  if (textAt(progress, 'reason') === 'NewReplicaSetAvailable') return textAt(progress, 'lastUpdateTime');
  return (
    conditionsOf(workload).find(({ type, status }) => type === 'Available' && status === 'True')?.since ?? ''
  );
}

/** @param since Milliseconds since the epoch: what lies before is of an earlier commit. */
function newest(times: readonly string[], since: number): string | undefined {
  return times
    .filter((time) => Date.parse(time) >= since)
    .sort()
    .at(-1);
}

function edgeOf(
  steps: readonly DeliveryStep[],
  station: Station,
  choose: (sorted: readonly string[]) => string | undefined,
): Times {
  const at = choose(steps.flatMap(({ times }) => times[station] ?? []).sort(byTime));
  return at === undefined ? {} : { [station]: at };
}

function byTime(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}

/** Never negative: clocks differ, and Kubernetes writes whole seconds. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10);
}
