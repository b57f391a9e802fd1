import type { Item, Model } from '../observe/model.ts';
import type { Part } from '../observe/model-parts.ts';
import type { GitReport } from '../observe/status-report.ts';

// What the server sends and the page shows, besides the model itself. Types alone: both sides import them.

/** What the page has to know once. */
export interface Meta {
  readonly environment: string;
  readonly client: string;
  /** All of the repository. */
  readonly environments: readonly string[];
  readonly engine: string;
  /** What is not the real thing on this engine, in words. */
  readonly standIns: readonly string[];
  /** `live` from a cluster, `file` from a model that was kept. */
  readonly mode: 'live' | 'file';
  /** Apps whose logs can be asked for. */
  readonly apps: readonly string[];
  /** What this server can be asked besides the model. */
  readonly answers: readonly (
    'object' | 'logs' | 'lines' | 'diff' | 'drift' | 'git' | 'matrix' | 'delivery' | 'actions'
  )[];
  /** Whether its name has to be typed before anything is done. */
  readonly protected: boolean;
  /** Stages of the backfill by the ids of their Kustomizations. */
  readonly stages: Readonly<Record<string, string>>;
}

/** Everything that the page shows without asking again. In a file: an export. */
export interface Snapshot {
  readonly meta: Meta;
  readonly model: Model;
  /** In a file; a server is asked for it. */
  readonly git?: GitReport;
}

/** What became different from one model to the next: rows that are new or changed, and parts of the model that are. */
export interface Delta {
  readonly takenAt: string;
  readonly items: Changed<Item>;
  readonly parts: Changed<Part>;
  readonly rest: Partial<Omit<Model, 'items' | 'parts' | 'takenAt'>>;
}

export interface Changed<Row extends { readonly id: string }> {
  readonly put: readonly Row[];
  readonly gone: readonly string[];
}

/** What is asked for one object alone. */
export interface ObjectDetail {
  readonly id: string;
  /** Without managed fields and what `kubectl apply` keeps; of a Secret the names of its keys. */
  readonly yaml: string;
}
