import { PlatformError } from '../errors/platform-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kube } from '../ports/kube.ts';
import { buildModel } from './build-model.ts';
import { formatDuration } from './duration.ts';
import type { Item, Model } from './model.ts';
import { hashOf, pendingOf, type Pending } from './pending.ts';
import { readCluster } from './read-cluster.ts';
import { shortId } from './why/explain.ts';

// Lies in observe/ and not in reconcile/: it waits for what observe sees, and stages import earlier ones only.

export interface WaitOptions {
  /** Deadline in milliseconds, counted from the call. */
  readonly timeoutMs: number;
  /** 40 hex digits, or as Flux writes it: `<branch>@sha1:<hex>`. Without it, whatever the source has. */
  readonly commit?: string | undefined;
  readonly interrupted: AbortSignal;
  /** Gets one line that says what is waited for, after each look. */
  readonly say?: ((detail: string) => void) | undefined;
  /** `started`: a Job that runs counts as done, and so does what waits for it. `wait` by default. */
  readonly jobs?: 'wait' | 'started' | undefined;
  /**
   * Whether a commit was made on top of the one that is waited for; undefined where nobody can say. Without it, a commit that
   * was pushed on top counts once Flux was seen at the one before.
   */
  readonly isBuiltOn?: ((newer: string, commit: string) => Promise<boolean | undefined>) | undefined;
  /** Whose cluster it is, for the commands that an error suggests. */
  readonly environment?: string | undefined;
}

/** How often the cluster is looked at, and how long its API server may be away in between, in milliseconds. */
const intervalMs = 500;
const slowIntervalMs = 2_000;
const slowAfterMs = 60_000;
const outageMs = 30_000;

/**
 * Waits until the root Kustomization and everything below it has applied one commit, and every Flux object and workload
 * was Ready once at that commit. When another commit is pushed on top meanwhile, the wait goes on for that one.
 *
 * @returns What was seen last.
 * @throws {PlatformError} RECONCILE_FAILED as soon as something is wrong that waiting does not mend;
 *   RECONCILE_TIMEOUT; both name the culprit. INTERRUPTED; CLUSTER_UNREACHABLE when nothing answers for 30 s.
 */
export async function waitUntilReady(
  { kube, clock }: { readonly kube: Pick<Kube, 'list'>; readonly clock: Clock },
  options: WaitOptions,
): Promise<Model> {
  const started = clock.elapsed();
  const stopped = (): boolean => options.interrupted.aborted;
  let seen = new Set<string>();
  let commit = hashOf(options.commit);
  let reached = false;
  const onTop = oncePerCommit(options.isBuiltOn);
  let hopelessBefore = new Set<string>();
  let answered = started;
  for (;;) {
    if (stopped()) throw interrupted();
    const waitedMs = clock.elapsed() - started;
    const model = await look(
      { kube, clock, environment: options.environment },
      () => clock.elapsed() - answered < outageMs && waitedMs < options.timeoutMs,
    );
    let pending: Pending | undefined;
    if (model) {
      answered = clock.elapsed();
      pending = pendingOf(model, commit, seen, options.jobs);
      const { atSource } = pending;
      const elsewhere = commit !== undefined && atSource !== undefined && atSource !== commit;
      if (elsewhere && (reached || (await onTop(atSource, commit)))) {
        commit = atSource;
        seen = new Set();
        hopelessBefore = new Set();
        continue;
      }
      if (atSource === commit) reached = true;
      if (pending.items.length === 0 && model.items.length > 0) return model;
      const hopeless = pending.hopeless.find(({ id }) => hopelessBefore.has(id)); // twice: the lists are not of one instant
      if (hopeless) throw failed(pending, hopeless);
      hopelessBefore = new Set(pending.hopeless.map(({ id }) => id));
    }
    if (waitedMs >= options.timeoutMs) throw timedOut(pending, commit, options.timeoutMs);
    options.say?.(pending ? waitingFor(pending.items, commit) : 'waiting for the API server');
    const pause = waitedMs < slowAfterMs ? intervalMs : slowIntervalMs;
    try {
      await clock.sleep(Math.min(pause, options.timeoutMs - waitedMs), options.interrupted);
    } catch (error) {
      throw stopped() ? interrupted() : error;
    }
  }
}

/** Each look would ask the same again. What could not be told may be told later. */
function oncePerCommit(
  isBuiltOn: WaitOptions['isBuiltOn'],
): (newer: string, commit: string | undefined) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (newer, commit) => {
    if (!isBuiltOn || commit === undefined) return false;
    const answer = known.get(newer) ?? (await isBuiltOn(newer, commit));
    if (answer !== undefined) known.set(newer, answer);
    return answer === true;
  };
}

/** @returns undefined when nothing answers, as long as that is tolerable. */
async function look(
  {
    kube,
    clock,
    environment,
  }: {
    readonly kube: Pick<Kube, 'list'>;
    readonly clock: Clock;
    readonly environment: string | undefined;
  },
  tolerable: () => boolean,
): Promise<Model | undefined> {
  try {
    return buildModel({ ...(await readCluster(kube)), environment }, clock.now());
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'CLUSTER_UNREACHABLE' && tolerable())
      return undefined;
    throw error;
  }
}

/** The line that a person sees meanwhile: who waits, and the culprit that holds up most of them. */
export function waitingFor(items: readonly Item[], commit: string | undefined): string {
  const first = mostTelling(items);
  if (!first) return 'waiting for Flux to look at the repository';
  const culprit = culpritOf(first);
  const names = items
    .filter((item) => culpritOf(item) === culprit && item.role !== 'workload')
    .map(({ id }) => shortId(id));
  const shown = names.length === 0 ? [shortId(first.id)] : names.slice(0, 3);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `waiting for ${shown.join(', ')}${more}: ${reasonOf(first, commit)}`;
}

/** Of the culprit that holds up most, the item nearest to it. */
function mostTelling(items: readonly Item[]): Item | undefined {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(culpritOf(item), (counts.get(culpritOf(item)) ?? 0) + 1);
  const weight = (item: Item): number => (item.cause ? 1_000 : 0) + (counts.get(culpritOf(item)) ?? 0);
  const length = (item: Item): number => item.cause?.chain.length ?? 0;
  return [...items].sort((a, b) => weight(b) - weight(a) || length(a) - length(b))[0];
}

function culpritOf({ id, cause }: Item): string {
  return cause?.chain.at(-1) ?? id;
}

function reasonOf(item: Item, commit: string | undefined): string {
  if (item.cause) return item.cause.sentence;
  const wanted = commit === undefined ? 'the newest commit' : commit.slice(0, 7);
  const has = hashOf(item.inPlace ?? item.revision)?.slice(0, 7);
  return item.role === 'workload'
    ? `${shortId(item.id)} is still as before ${wanted}`
    : `${shortId(item.id)} is not at ${wanted} yet${has === undefined || has === wanted ? '' : `, but at ${has}`}`;
}

function timedOut(
  pending: Pending | undefined,
  commit: string | undefined,
  timeoutMs: number,
): PlatformError {
  const items = pending?.items ?? [];
  const first = mostTelling(items);
  const why = first
    ? reasonOf(first, commit)
    : 'Flux has no Kustomization here, so nothing tells it what to apply';
  return new PlatformError(
    'RECONCILE_TIMEOUT',
    `not everything is Ready after ${formatDuration(timeoutMs)}: ${why}`,
    first?.cause?.next ?? 'kubectl get kustomizations,gitrepositories -A',
    { details: details(items, commit) },
  );
}

function failed(pending: Pending, item: Item): PlatformError {
  const nearest =
    mostTelling(pending.hopeless.filter((other) => culpritOf(other) === culpritOf(item))) ?? item;
  return new PlatformError(
    'RECONCILE_FAILED',
    `waiting does not mend this: ${nearest.cause?.sentence ?? nearest.message}`,
    nearest.cause?.next ?? 'platform validate',
    { details: details(pending.items, undefined) },
  );
}

function details(items: readonly Item[], commit: string | undefined): { message: string; hint?: string }[] {
  return items.map((item) => ({
    message: `${item.state}: ${reasonOf(item, commit)}`,
    ...(item.cause ? { hint: item.cause.next } : {}),
  }));
}

function interrupted(): PlatformError {
  return new PlatformError(
    'INTERRUPTED',
    'stopped waiting; Flux goes on by itself',
    'Run the same command again to wait on, or look with platform status',
  );
}
