import { join } from 'node:path';
import { stringify } from 'yaml';
import { kubectlWith } from '../engines/kubectl.ts';
import { missingRights } from '../engines/existing/rights.ts';
import { whoIs } from '../lifecycle/act-on.ts';
import { requireAppliedCommit } from '../lifecycle/applied-revision.ts';
import { openCluster, openRunningCluster, type OpenCluster } from '../lifecycle/open-cluster.ts';
import { readAppLogs, type LogSource } from '../observe/read-logs.ts';
import { readControllerLines } from '../observe/read-controller-lines.ts';
import { readSnapshot } from '../observe/read-snapshot.ts';
import { reportGit, type GitReport } from '../observe/status-report.ts';
import type { Deps } from '../ports/deps.ts';
import { readTextIfThere } from '../ports/files.ts';
import { watchKinds } from '../ports/kube-watch.ts';
import { buildRendered, diffEnvironment } from '../publish/diff-environment.ts';
import { diffLive, type LiveDiff } from '../lifecycle/diff-live.ts';
import { planRender } from '../render/plan-render.ts';
import { openKeptBuilds } from '../toolchain/kept-builds.ts';
import { fluxNamespace } from '../reconcile/root-objects.ts';
import { loadApp } from '../values/apps.ts';
import { bumpRun } from '../values/bump-run.ts';
import type { Environment } from '../values/environment.ts';
import { listEnvironments, loadEnvironment } from '../values/load-environment.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { actionsOn, type Actions } from './actions.ts';
import { fixedFeed, type Feed } from './feed.ts';
import { liveFeed } from './live-feed.ts';
import { deliveryOf, readDelivery } from './read-delivery.ts';
import { readPromotion } from './read-promotion.ts';
import type { Dashboard } from './serve-dashboard.ts';
import type { Answers } from './web-app.ts';

/** How many lines of logs the page gets at once. */
const logLines = 1_000;
/** How many lines of a controller the page gets about one object. */
const controllerLines = 200;
/** The app whose Jobs can be run again. */
const backfill = 'backfill';

/**
 * What the page shows of a running cluster.
 *
 * @param readOnly Then there is no way to change anything.
 * @throws {PlatformError} ENVIRONMENT_UNKNOWN, CLUSTER_MISSING, CLUSTER_STOPPED, USAGE.
 */
export async function liveDashboard(
  deps: Deps,
  name: string | undefined,
  readOnly: boolean,
): Promise<Dashboard> {
  const cluster = await openRunningCluster(deps, name);
  const { environment, engine, access } = cluster;
  const feed = liveFeed(
    deps.clock,
    async (kinds, onChange, signal) => watchKinds(access, kinds, onChange, signal),
    environment.name,
  );
  const stages = await stagesOf(deps, environment);
  const now = reopened(deps, cluster);
  const shown = answersOf(deps, environment, now, feed);
  const answers: Answers = readOnly
    ? shown
    : {
        ...shown,
        drift: async () => driftOf(deps, await now()),
        actions: actionsFor(deps, environment, now, feed, stages),
      };
  return {
    meta: {
      environment: environment.name,
      client: environment.client,
      environments: await listEnvironments(deps.root),
      engine: engine.name,
      standIns: engine.standIns,
      mode: 'live',
      apps: Object.keys(environment.values.apps),
      answers: Object.keys(answers) as (keyof Answers)[],
      protected: environment.values.protected,
      stages,
    },
    feed,
    answers,
  };
}

/**
 * What the page shows of a status that was kept: `platform status --json`.
 *
 * @throws {PlatformError} SNAPSHOT_UNREADABLE, also where the cluster was down when it was taken.
 */
export async function keptDashboard(file: string): Promise<Dashboard> {
  const { environment, engine, standIns, model, git } = await readSnapshot(file);
  if (!model)
    throw new PlatformError(
      'SNAPSHOT_UNREADABLE',
      `${file} holds no model: the cluster did not answer when it was taken`,
      `platform status ${environment} --json > ${file}`,
    );
  return {
    meta: {
      environment,
      client: '',
      environments: [environment],
      engine,
      standIns,
      mode: 'file',
      apps: [],
      answers: [],
      protected: false,
      stages: {},
    },
    feed: fixedFeed(model),
    answers: {},
    git,
  };
}

type Running = OpenCluster & Awaited<ReturnType<typeof openRunningCluster>>;

/** The cluster as it is now: what its kubeconfig says is read anew when that file has changed, as after a rebuild. */
function reopened(deps: Deps, first: Running): () => Promise<Running> {
  const read = async (): Promise<string> => (await readTextIfThere(first.access.kubeconfig)) ?? '';
  let known = read().then((text) => ({ text, cluster: first }));
  return async () => {
    const before = await known.catch(() => undefined); // it was not there then
    const text = await read();
    if (before?.text !== text)
      known = openRunningCluster(deps, first.environment.name).then((cluster) => ({ text, cluster }));
    return (await known).cluster;
  };
}

function answersOf(deps: Deps, environment: Environment, now: () => Promise<Running>, feed: Feed): Answers {
  const { name } = environment;
  const once = sharedWork();
  return {
    object: (id) => {
      const object = feed.find(id);
      if (!object) return undefined;
      const metadata = Object.entries(object.metadata).filter(([name]) => name !== 'managedFields');
      return { id, yaml: stringify({ ...object, metadata: Object.fromEntries(metadata) }) };
    },
    logs: async (app) =>
      once(`logs ${app ?? ''}`, async () =>
        readAppLogs(
          { kube: (await now()).kube, run: deps.run },
          sourceOf(await now()),
          { name: app, known: Object.keys(environment.values.apps) },
          logLines,
        ),
      ),
    lines: async (id) =>
      once(`lines ${id}`, async () => readControllerLines(deps, sourceOf(await now()), id, controllerLines)),
    diff: async (base) =>
      once(`diff ${base}`, async () => {
        const builds = openKeptBuilds(deps);
        const revision = base === 'applied' ? await requireAppliedCommit((await now()).kube, name) : base;
        return diffEnvironment({ ...deps, builds }, await loadEnvironment(deps, name), revision);
      }),
    matrix: async () =>
      once('matrix', async () => readPromotion(deps, { name, model: async () => feed.model() })),
    delivery: async (wanted) =>
      once(`delivery ${wanted}`, async () => {
        if (wanted !== name) return readDelivery(deps, wanted);
        return deliveryOf(deps, { model: await feed.model(), find: (id) => feed.find(id) });
      }),
    git: async () => once('git', async () => readGit(deps, name, feed)),
  };
}

function sourceOf({ access, engine, engineStatus }: Running): LogSource {
  return { access, parts: engineStatus.parts, simulated: engine.name === 'embedded' };
}

/** The working tree as it is now, values and all, against what the cluster has. */
async function driftOf(deps: Deps, { environment: { name }, kube }: Running): Promise<LiveDiff> {
  const environment = await loadEnvironment(deps, name);
  const plan = await planRender(deps, [environment], { force: true });
  return diffLive(kube, await buildRendered({ ...deps, builds: openKeptBuilds(deps) }, environment, plan));
}

function actionsFor(
  deps: Deps,
  { name, values }: Environment,
  now: () => Promise<Running>,
  feed: Feed,
  stages: Readonly<Record<string, string>>,
): Actions {
  const { clock, interrupted, run, locations } = deps;
  const actions = async (): Promise<Actions> => {
    const { access, kube } = await now();
    const kubectl = kubectlWith(run, access.kubeconfig, join(locations.cache, 'kubectl'), access.context);
    return actionsOn({
      kube,
      clock,
      interrupted,
      environment: { name, protected: values.protected },
      model: async () => feed.model(),
      who: async () => whoIs(deps),
      missing: async (rights) => missingRights(kubectl, rights),
      stages,
      rerun: async (stage) => bumpRun(deps, name, backfill, stage, false),
    });
  };
  return {
    act: async (request, closed) => (await actions()).act(request, closed),
    missing: async () => (await actions()).missing(),
  };
}

/** Each stage of the backfill is a Kustomization of its own. */
async function stagesOf(deps: Deps, { values }: Environment): Promise<Record<string, string>> {
  if (values.apps[backfill]?.enabled !== true) return {};
  const { stages } = await loadApp(deps.root, backfill);
  return Object.fromEntries(
    stages.map((stage) => [`Kustomization/${fluxNamespace}/${backfill}-${stage}`, stage]),
  );
}

/** Whoever asks for what is under way gets the same answer: several tabs, or an impatient one. */
function sharedWork(): <Value>(key: string, work: () => Promise<Value>) => Promise<Value> {
  const running = new Map<string, Promise<unknown>>();
  return async <Value>(key: string, work: () => Promise<Value>): Promise<Value> => {
    const under = running.get(key) ?? work().finally(() => running.delete(key));
    running.set(key, under);
    return under as Promise<Value>;
  };
}

/** As `platform status` says it, of the model that is told; without one, only what this clone knows. */
async function readGit(deps: Deps, name: string, feed: Feed): Promise<GitReport> {
  const [{ git }, model] = await Promise.all([
    openCluster(deps, name),
    feed.model().catch(() => undefined), // the stream tells what is wrong
  ]);
  return reportGit(deps, git, model, { note: true });
}
