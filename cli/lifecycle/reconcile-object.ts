import { buildModel } from '../observe/build-model.ts';
import type { Cause, Item, Model } from '../observe/model.ts';
import { readCluster, wholeKinds } from '../observe/read-cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kube } from '../ports/kube.ts';
import { reconcileNow, type Became, type Reconciled } from '../reconcile/reconcile-now.ts';
import { resume, type Seen } from '../reconcile/suspension.ts';

export interface ActOptions {
  /** Deadline in milliseconds, for all of it. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal | undefined;
  /** Who does it, for the event. */
  readonly by: string;
  /** HelmReleases: forget the failures, so that there are retries again. */
  readonly reset?: boolean | undefined;
}

/** What became of an object, and of the sources that were asked before it. */
export interface Acted {
  /** In the order in which they were asked; the last is where it ended. */
  readonly objects: readonly Reconciled[];
  /** That of the last. */
  readonly outcome: Became;
  /** Why it is not Ready, where the model knows. */
  readonly cause?: Cause;
}

type Access = {
  readonly kube: Kube;
  readonly clock: Clock;
  /** Whose cluster it is, for the command that a cause suggests. */
  readonly environment?: string;
};

/**
 * Has Flux work on objects one after the other, and ends with the first that is not reconciled; the rest is not asked.
 *
 * @param items Sources first: see {@link withSources}.
 * @throws {PlatformError} OBJECT_CHANGED, KUBE_REJECTED, CLUSTER_UNREACHABLE; an AbortError when it is interrupted.
 */
export async function reconcileObjects(
  access: Access,
  items: readonly Seen[],
  { timeoutMs, ...options }: ActOptions,
): Promise<Acted> {
  const end = access.clock.elapsed() + timeoutMs;
  const objects: Reconciled[] = [];
  let outcome: Became = 'reconciled';
  for (const { ref, uid, resourceVersion } of items) {
    const left = Math.max(0, end - access.clock.elapsed());
    const result = await reconcileNow(access, ref, {
      ...options,
      timeoutMs: left,
      seen: { uid, resourceVersion },
    });
    objects.push(result);
    outcome = result.outcome;
    if (outcome !== 'reconciled') break;
  }
  if (outcome === 'reconciled' || outcome === 'gone') return { objects, outcome };
  const cause = await causeOf(access, objects.at(-1)?.object ?? '');
  return { objects, outcome, ...(cause ? { cause } : {}) };
}

/**
 * Lets Flux work on a suspended object again, and waits for what becomes of it; one that is not suspended is only asked.
 * See {@link reconcileObjects}.
 */
export async function resumeObject(
  access: Access,
  { ref, uid, resourceVersion }: Seen,
  options: ActOptions,
): Promise<Acted> {
  const { warnings } = await resume(access, { ref, uid, resourceVersion }, options.by);
  const acted = await reconcileObjects(access, [{ ref, uid }], options);
  const objects = acted.objects.map((each) => ({ ...each, warnings: [...warnings, ...each.warnings] }));
  return { ...acted, objects };
}

/** An object behind what it is made from: repository, chart, release. */
export function withSources({ items }: Pick<Model, 'items'>, item: Item): [Item, ...Item[]] {
  const chain: [Item, ...Item[]] = [item];
  for (;;) {
    const source = items.find(({ id }) => id === chain[0].source);
    if (!source || chain.includes(source)) return chain;
    chain.unshift(source);
  }
}

async function causeOf({ kube, clock, environment }: Access, id: string): Promise<Cause | undefined> {
  const objects = await readCluster(kube, wholeKinds);
  const model = buildModel({ ...objects, environment }, clock.now());
  return model.items.find((item) => item.id === id)?.cause;
}
