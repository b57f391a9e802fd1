import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fixedFeed, type FeedEvent } from '../dashboard/feed.ts';
import { liveFeed } from '../dashboard/live-feed.ts';
import type { Meta } from '../dashboard/page-data.ts';
import { serveDashboard, type Served } from '../dashboard/serve-dashboard.ts';
import { readShell } from '../dashboard/shell.ts';
import type { Answers } from '../dashboard/web-app.ts';
import type { Model } from '../observe/model.ts';
import { systemClock } from '../ports/clock.ts';
import type { ClusterChange } from '../ports/kube-watch.ts';
import type { KnownKind, KubeObject } from '../ports/kube.ts';
import { repositoryRoot } from './repository-root.ts';

export interface ServedFixture extends Served {
  /** What the cluster has from now on, told as a watch tells it. */
  readonly put: (object: KubeObject) => void;
  readonly lose: (message: string) => void;
  /** How many watches of the cluster run. */
  readonly watches: () => number;
}

const meta: Meta = {
  environment: 'dev',
  client: 'acme',
  engine: 'embedded',
  standIns: ['pods are simulated by KWOK'],
  mode: 'live',
  apps: ['trades', 'prediction-api'],
  answers: ['object', 'logs', 'lines', 'diff', 'drift', 'git', 'matrix', 'delivery', 'actions'],
  environments: ['dev', 'prod', 'stage'],
  protected: false,
  stages: {
    'Kustomization/flux-system/backfill-1-trades': '1-trades',
    'Kustomization/flux-system/backfill-2-candles': '2-candles',
  },
};

/** Builds the page as `npm run build` does. @returns A home to read it from. */
export async function builtPage(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'platform page '));
  const args = [join(repositoryRoot, 'cli/bundle.js'), 'page', `--outdir=${join(home, 'dist')}`];
  await promisify(execFile)(process.execPath, args);
  return home;
}

/**
 * The real server, feed and page over objects that a test says the cluster has.
 *
 * @param home Of {@link builtPage}.
 */
export async function servedFixture(
  home: string,
  objects: readonly KubeObject[],
  answers: Answers = {},
  changes: Partial<Meta> = {},
  port = 0,
): Promise<ServedFixture> {
  const watches = new Set<(change: ClusterChange) => void>();
  const known: { kinds: readonly KnownKind[] } = { kinds: [] };
  const feed = liveFeed(
    systemClock,
    async (kinds, onChange, signal) => {
      known.kinds = kinds;
      watches.add(onChange);
      for (const kind of kinds)
        onChange({ type: 'all', kind, objects: objects.filter((each) => each.kind === kind.kind) });
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      watches.delete(onChange);
    },
    meta.environment,
  );
  const given = Object.keys(answers) as (keyof Answers)[];
  const asked = meta.answers.filter((name) => given.includes(name));
  const dashboard = { meta: { ...meta, answers: asked, ...changes }, feed, answers };
  const served = await serveDashboard(dashboard, await readShell(home), port);
  const tell = (change: ClusterChange): void => {
    for (const onChange of watches) onChange(change);
  };
  const kindOf = (name: string): KnownKind =>
    known.kinds.find(({ kind }) => kind === name) ?? { apiVersion: 'v1', kind: name, plural: name };
  return {
    ...served,
    put: (object) => tell({ type: 'put', kind: kindOf(object.kind), object }),
    lose: (message) => tell({ type: 'lost', kind: kindOf('Pod'), message }),
    watches: () => watches.size,
  };
}

export interface ServedModels extends Served {
  /** Every page that looks gets this model instead of the one before. */
  readonly turnTo: (model: Model) => void;
}

/**
 * The real server and page over models, one after the other.
 *
 * @param home Of {@link builtPage}.
 */
export async function servedModels(home: string, first: Model): Promise<ServedModels> {
  const listeners = new Set<(event: FeedEvent) => void>();
  const now = { version: 1, model: first };
  const feed = {
    ...fixedFeed(first),
    subscribe: (listener: (event: FeedEvent) => void) => {
      listeners.add(listener);
      listener({ type: 'model', ...now, delta: undefined });
      return () => listeners.delete(listener);
    },
    model: async () => Promise.resolve(now.model),
  };
  const served = await serveDashboard(
    { meta: { ...meta, answers: [] }, feed, answers: {} },
    await readShell(home),
    0,
  );
  return {
    ...served,
    turnTo: (model) => {
      now.version += 1;
      now.model = model;
      for (const listener of listeners) listener({ type: 'model', ...now, delta: undefined });
    },
  };
}
