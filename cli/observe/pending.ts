import type { Item, Model } from './model.ts';

/** What a wait for one commit still waits for. */
export interface Pending {
  /** Items that were not seen Ready at the commit yet. */
  readonly items: readonly Item[];
  /** Those of them that no waiting will mend; see {@link Cause.final}. */
  readonly hopeless: readonly Item[];
  /** The commit that the source of the root has now, 40 hex digits; undefined where it has none. */
  readonly atSource: string | undefined;
}

/**
 * Compares a model with the wish that everything is in place and healthy at one commit.
 *
 * @param commit 40 hex digits, or a revision as Flux writes it; whatever the source has, when absent.
 * @param seen   Ids that were Ready at this commit before; those that are now are added. An object need not be Ready at
 *               the same moment as all others, only once.
 * @param jobs   `started` takes a Job that runs for one that is done, and what waits for it for ready.
 */
export function pendingOf(
  model: Model,
  commit: string | undefined,
  seen: Set<string>,
  jobs: 'wait' | 'started' = 'wait',
): Pending {
  const byId = new Map(model.items.map((item) => [item.id, item]));
  const root = rootOf(model);
  const atSource = hashOf(byId.get(root?.source ?? '')?.revision);
  const wanted = commit === undefined ? atSource : hashOf(commit);
  const look: Look = {
    byId,
    at: (revision) => wanted !== undefined && hashOf(revision) === wanted,
    follows: (item) => item.source === root?.source,
  };
  const items = model.items.filter((item) => {
    if (seen.has(item.id)) return false;
    const settled = isReady(item, look, root) || (jobs === 'started' && runsJob(item, look));
    if (settled) seen.add(item.id);
    return !settled;
  });
  return { items, hopeless: items.filter((item) => isHopeless(item, look)), atSource };
}

/** The Kustomization that applies the others: nobody applies it, and it has the most of them in its inventory. */
export function rootOf({ items }: Model): Item | undefined {
  const appliers = items.filter(({ ref }) => ref.kind === 'Kustomization');
  const below = (item: Item): number => appliers.filter(({ owner }) => owner === item.id).length;
  return appliers.filter(({ owner }) => owner === undefined).sort((a, b) => below(b) - below(a))[0];
}

interface Look {
  readonly byId: ReadonlyMap<string, Item>;
  /** Whether a revision is that of the wanted commit. */
  readonly at: (revision: string | undefined) => boolean;
  /** Whether an applier is made from the same source as the root. */
  readonly follows: (item: Item) => boolean;
}

/** The commit in `main@sha1:<hash>`, `sha1:<hash>` or `<hash>`. */
export function hashOf(revision: string | undefined): string | undefined {
  return revision?.split(':').at(-1);
}

function isReady(item: Item, look: Look, root: Item | undefined): boolean {
  if (item.state !== 'Ready' || root === undefined) return false;
  if (item.ref.kind === 'Kustomization') return !look.follows(item) || look.at(item.revision);
  if (item.id === root.source) return look.at(item.revision);
  return inPlace(item, look);
}

/** Whether the Kustomization that an item comes from has applied the commit: before, it shows what was there earlier. */
function inPlace(item: Item, look: Look): boolean {
  let owner = look.byId.get(item.owner ?? '');
  while (owner && owner.ref.kind !== 'Kustomization') owner = look.byId.get(owner.owner ?? '');
  return !owner || !look.follows(owner) || look.at(owner.inPlace);
}

function runsJob(item: Item, look: Look): boolean {
  const waiting = item.cause?.rule === 'job-running' ? item : look.byId.get(item.owner ?? '');
  if (waiting?.cause?.rule !== 'job-running') return false;
  const job = look.byId.get(waiting.cause.chain.at(-1) ?? '');
  return job !== undefined && inPlace(job, look);
}

function isHopeless(item: Item, look: Look): boolean {
  if (item.cause?.final !== true) return false;
  const culprit = look.byId.get(item.cause.chain.at(-1) ?? '');
  if (item.cause.rule.startsWith('suspended')) return true;
  if (culprit?.state !== 'Failed') return false;
  // The failure may be one of the commit before: this one may mend it, or take the object out.
  if (culprit.ref.kind === 'Kustomization' && look.follows(culprit) && !look.at(culprit.attempted))
    return false;
  return inPlace(culprit, look);
}
