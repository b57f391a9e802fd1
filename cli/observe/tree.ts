import type { Container } from './model-parts.ts';
import type { Model, State } from './model.ts';

/** One object with what is below it: source → Flux object → what it applied → what controllers made → containers. */
export interface Branch {
  /** Absent for containers and for what is folded. */
  readonly id?: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for kinds without health, as Services. */
  readonly state?: State;
  readonly message: string;
  readonly children: readonly Branch[];
  /** So many siblings of one kind, beyond the first twelve, are folded into this one. */
  readonly more?: number;
}

export interface TreeOptions {
  /** Only this object and what is below it. */
  readonly under?: string | undefined;
  /** Only what is not Ready, and what is above that. */
  readonly unwell?: boolean;
  /** Fold nothing. */
  readonly all?: boolean;
}

interface Leaf {
  readonly id: string;
  readonly ref: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };
  readonly state?: State;
  readonly message?: string;
  readonly above: string | undefined;
  readonly containers: readonly Container[];
}

/** Siblings of one kind beyond so many are folded. */
const mostAlike = 12;

/**
 * The tree of a model. An object that Flux applied is below the Flux object that did; a Flux object that nobody applied
 * is below its source.
 */
export function treeOf(
  { items, parts }: Pick<Model, 'items' | 'parts'>,
  options: TreeOptions = {},
): Branch[] {
  const leaves = new Map<string, Leaf>();
  for (const { owner, source, ...item } of items) {
    leaves.set(item.id, { ...item, above: owner ?? source, containers: [] });
  }
  for (const { parent, containers = [], ...part } of parts) {
    leaves.set(part.id, { ...part, above: parent, containers });
  }
  const children = new Map<string, Leaf[]>();
  for (const leaf of leaves.values()) {
    const above =
      leaf.above !== undefined && leaves.has(leaf.above) && !circular(leaf, leaves) ? leaf.above : '';
    children.set(above, [...(children.get(above) ?? []), leaf]);
  }
  const branchOf = (leaf: Leaf): Branch => {
    const below = (children.get(leaf.id) ?? []).map(branchOf);
    const { id, ref, state, message = '' } = leaf;
    const kept = [...below, ...leaf.containers.map(containerBranch)].filter(wanted);
    return {
      id,
      kind: ref.kind,
      name: placeOf(ref),
      ...(state ? { state } : {}),
      message,
      children: options.all === true ? kept : folded(kept),
    };
  };
  const wanted = (branch: Branch): boolean =>
    options.unwell !== true || isUnwell(branch) || branch.children.length > 0;
  const top = options.under === undefined ? children.get('') : [leaves.get(options.under)];
  return (top ?? []).flatMap((leaf) => (leaf ? [branchOf(leaf)] : [])).filter(wanted);
}

/** Two Flux objects may each be in the other's inventory, as after a move: then neither is below. */
function circular(leaf: Leaf, leaves: ReadonlyMap<string, Leaf>): boolean {
  const seen = new Set([leaf.id]);
  for (let at = leaves.get(leaf.above ?? ''); at; at = leaves.get(at.above ?? '')) {
    if (at.id === leaf.id) return true;
    if (seen.has(at.id)) return false;
    seen.add(at.id);
  }
  return false;
}

function placeOf({ namespace, name }: Leaf['ref']): string {
  return namespace === undefined || namespace === 'flux-system' ? name : `${namespace}/${name}`;
}

function containerBranch({ name, init, state, message }: Container): Branch {
  return { kind: init ? 'init container' : 'container', name, state, message, children: [] };
}

function isUnwell({ state }: Branch): boolean {
  return state !== undefined && state !== 'Ready';
}

/** The first twelve of each kind, those that are not Ready before the others, and one line for the rest. */
function folded(siblings: readonly Branch[]): Branch[] {
  const kinds = [...new Set(siblings.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const alike = siblings.filter((each) => each.kind === kind);
    if (alike.length <= mostAlike) return alike;
    const worstFirst = [...alike].sort((a, b) => Number(isUnwell(b)) - Number(isUnwell(a)));
    const shown = new Set(worstFirst.slice(0, mostAlike));
    const unwell = worstFirst.slice(mostAlike).filter(isUnwell).length;
    const message = unwell === 0 ? '' : `${unwell} of them not Ready`;
    const fold = { kind, name: '', message, children: [], more: alike.length - mostAlike };
    return [...alike.filter((each) => shown.has(each)), fold];
  });
}
