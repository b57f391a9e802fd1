import type { Build } from '../build/build.ts';
import { refOf, type KubeObject } from '../ports/kube.ts';
import { imageTagsOf } from './cluster-index.ts';
import { numberAt } from './fields.ts';
import type { Item, Model, State } from './model.ts';
import { rootOf } from './pending.ts';
import { workloadKinds } from './state/workload-state.ts';

// Workloads by environment: what git says they run, what runs, and how far each environment is behind the one before it.

/** One commit that set image tags below a path, as git tells it. */
export interface TagChange {
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
  /** The tags that it wrote, joined as {@link imageTagsOf} joins them. */
  readonly tags: string;
}

export interface PromotionInput {
  readonly environment: string;
  /** What git makes of it. */
  readonly build: Build;
  /** By the path of a Kustomization; newest first. */
  readonly history: ReadonlyMap<string, readonly TagChange[]>;
  /** What is seen of its cluster; undefined where nothing is, and then `note` says why. */
  readonly live?: Model | undefined;
  readonly note?: string | undefined;
}

export interface Promotion {
  /** In the order in which a change goes through them. */
  readonly environments: readonly PromotionColumn[];
  readonly rows: readonly PromotionRow[];
}

export interface PromotionColumn {
  readonly name: string;
  /** Why its cluster is not seen, in words. */
  readonly note?: string;
  /** What its root has applied, as Flux writes it. */
  readonly revision?: string;
}

export interface PromotionRow {
  /** The Kustomization that applies it. */
  readonly app: string;
  readonly kind: string;
  /** Of a Job without the digest at its end. */
  readonly name: string;
  /** By environment; absent where git gives it no such workload. */
  readonly cells: Readonly<Record<string, PromotionCell>>;
}

export interface PromotionCell {
  /** Image tags in git. */
  readonly tags: string;
  readonly replicas?: number;
  /** The commit that wrote these tags. */
  readonly since?: Pick<TagChange, 'commit' | 'at'>;
  /** What its cluster has of it. */
  readonly running?: {
    readonly id: string;
    readonly state: State;
    readonly tags: string;
    /** Of the Kustomization that applied it. */
    readonly revision?: string;
    readonly ageSeconds: number;
  };
  /** Against the environment before it that has this workload. */
  readonly behind?: {
    readonly environment: string;
    /** Changes of the tags there since it had these; 0 for the same; absent where it never had them. */
    readonly changes?: number;
    /** ISO 8601: when the first of those changes was committed. */
    readonly since?: string;
  };
}

/** @param inputs In the order in which a change goes through the environments. */
export function buildPromotion(inputs: readonly PromotionInput[]): Promotion {
  const rows = new Map<string, { row: Omit<PromotionRow, 'cells'>; cells: Record<string, PromotionCell> }>();
  for (const [at, input] of inputs.entries()) {
    for (const { name: app, path, objects } of input.build.kustomizations) {
      for (const object of objects.filter(({ kind }) => workloadKinds.includes(kind))) {
        const row = { app, kind: object.kind, name: stemOf(object) };
        const key = `${app} ${row.kind} ${row.name}`;
        const found = rows.get(key) ?? { row, cells: {} };
        const before = inputs.slice(0, at).findLast(({ environment }) => found.cells[environment]);
        found.cells[input.environment] = cellFor(
          object,
          path,
          input,
          before && earlier(before, found.cells, app),
        );
        rows.set(key, found);
      }
    }
  }
  return {
    environments: inputs.map(({ environment, live, note }) => {
      const revision = live && rootOf(live)?.revision;
      return {
        name: environment,
        ...(note === undefined ? {} : { note }),
        ...(revision === undefined ? {} : { revision }),
      };
    }),
    rows: [...rows.values()].map(({ row, cells }) => ({ ...row, cells })),
  };
}

interface Earlier {
  readonly environment: string;
  readonly tags: string;
  readonly history: readonly TagChange[];
}

function earlier(
  { environment, build, history }: PromotionInput,
  cells: Readonly<Record<string, PromotionCell>>,
  app: string,
): Earlier {
  const path = build.kustomizations.find(({ name }) => name === app)?.path ?? '';
  return { environment, tags: cells[environment]?.tags ?? '', history: history.get(path) ?? [] };
}

function cellFor(
  object: KubeObject,
  path: string,
  { history, live }: PromotionInput,
  before: Earlier | undefined,
): PromotionCell {
  const tags = imageTagsOf(object);
  const since = history.get(path)?.find((change) => change.tags === tags);
  const replicas = numberAt(object, 'spec', 'replicas');
  const running = live && runningOf(object, live);
  return {
    tags,
    ...(replicas === undefined ? {} : { replicas }),
    ...(since ? { since: { commit: since.commit, at: since.at } } : {}),
    ...(running ? { running } : {}),
    ...(before ? { behind: behindOf(tags, before) } : {}),
  };
}

function behindOf(
  tags: string,
  { environment, tags: theirs, history }: Earlier,
): NonNullable<PromotionCell['behind']> {
  if (tags === theirs) return { environment, changes: 0 };
  const changes = history.findIndex((change) => change.tags === tags);
  if (changes < 0) return { environment };
  const next = history[changes - 1];
  return { environment, changes, ...(next ? { since: next.at } : {}) };
}

function runningOf(object: KubeObject, { items }: Model): PromotionCell['running'] {
  const { kind, namespace, name } = refOf(object);
  const item = items.find(({ ref }) => ref.kind === kind && ref.name === name && ref.namespace === namespace);
  if (!item) return undefined;
  const owner: Item | undefined = items.find(({ id }) => id === item.owner);
  return {
    id: item.id,
    state: item.state,
    tags: item.revision ?? '',
    ...(owner?.revision === undefined ? {} : { revision: owner.revision }),
    ageSeconds: item.ageSeconds,
  };
}

/** A Job cannot be changed: the renderer ends its name with a digest of what it runs. */
function stemOf({ kind, metadata: { name } }: KubeObject): string {
  return kind === 'Job' ? name.replace(/-[0-9a-f]{6,}$/, '') : name;
}

/**
 * Reads `git log --format=%x00%H%x09%cI --unified=0 --patch` over kustomization files.
 *
 * @returns By the folder of the file; newest first, as git gives them.
 */
export function readTagLog(log: string): Map<string, TagChange[]> {
  const found = new Map<string, TagChange[]>();
  for (const entry of log.split('\0').slice(1)) {
    const [head = '', ...lines] = entry.split('\n');
    const [commit = '', at = ''] = head.split('\t');
    const tags = new Map<string, string[]>();
    let path = '';
    for (const line of lines) {
      path = /^\+\+\+ b\/(.+)\/[^/]+$/.exec(line)?.[1] ?? path;
      const tag = /^\+\s*(?:- )?newTag:\s*["']?([^"'\s]+)/.exec(line)?.[1];
      if (tag !== undefined) tags.set(path, [...(tags.get(path) ?? []), tag]);
    }
    for (const [folder, written] of tags) {
      const change = { commit, at, tags: [...new Set(written)].join(', ') };
      found.set(folder, [...(found.get(folder) ?? []), change]);
    }
  }
  return found;
}
