import type { ClusterAccess } from '../engines/engine.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { formatDuration } from '../observe/duration.ts';
import type { Deps } from '../ports/deps.ts';
import type { Kube } from '../ports/kube.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import { findAutoscaler, type Autoscaler } from './autoscaler.ts';
import type { Measured } from './k6-script.ts';
import type { LoadPlan } from './load-plan.ts';
import { runK6 } from './run-k6.ts';
import { openServiceProxy, requireAnswer } from './service-proxy.ts';
import { watchScaling, type Sample } from './watch-scaling.ts';

/** An app whose Service gets the load. */
export interface Target {
  readonly environment: string;
  readonly app: string;
  readonly namespace: string;
  /** Of the Service. */
  readonly port: number;
}

/** What a load test has to say. */
export interface LoadTest extends Measured {
  readonly environment: string;
  readonly app: string;
  readonly namespace: string;
  readonly path: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly requestsPerSecond: number;
  /** How long requests were sent. */
  readonly loadSeconds: number;
  /** True where Ctrl-C ended it: all of it is about the time until then. */
  readonly interrupted: boolean;
  /** undefined where the number of pods is fixed. */
  readonly autoscaler: Autoscaler | undefined;
  readonly timeline: readonly Sample[];
}

type LoadDeps = Pick<Deps, 'guard' | 'clock' | 'interrupted' | 'shield' | 'progress'>;

/**
 * Sends a load to an app and watches what its autoscaler does. Ctrl-C ends it early, and what was measured so far is kept. None
 * of the programs that it starts outlives it.
 *
 * @throws {PlatformError} LOADTEST_FAILED when the app does not answer or no request was sent; TOOL_MISSING, TOOL_FAILED,
 *   TOOL_TIMEOUT; INTERRUPTED before the first request.
 */
export async function runLoadTest(
  deps: LoadDeps,
  { kube, access }: { readonly kube: Pick<Kube, 'get' | 'list'>; readonly access: ClusterAccess },
  target: Target,
  plan: LoadPlan,
): Promise<LoadTest> {
  const { environment, app, namespace, port } = target;
  const place = { namespace, name: app };
  const path = plan.path ?? (await probedPath(kube, place));
  const autoscaler = await findAutoscaler(kube, place);
  deps.progress.begin(plan.watchMs > 0 ? 3 : 2);
  const proxy = await deps.progress.step(`reach ${app}`, async () => {
    const opened = await openServiceProxy(deps, access, { ...place, port });
    await requireAnswer(opened.url, path, app).catch(async (error: unknown) => {
      await opened.process.stop();
      throw error;
    });
    return opened;
  });
  try {
    return await deps.shield(async () => {
      const startedAt = new Date(deps.clock.now()).toISOString();
      const begun = deps.clock.elapsed();
      const { measured, timeline, loadMs } = await loadAndWatch(
        deps,
        kube,
        place,
        plan,
        `${proxy.url}${path}`,
      );
      if (measured.requests.sent === 0) throw nothingSent(app, deps.interrupted.aborted);
      return {
        environment,
        app,
        namespace,
        path,
        startedAt,
        requestsPerSecond: plan.requestsPerSecond,
        loadSeconds: Math.round((loadMs - begun) / 100) / 10,
        interrupted: deps.interrupted.aborted,
        ...measured,
        autoscaler,
        timeline,
      };
    });
  } finally {
    await proxy.process.stop();
  }
}

async function loadAndWatch(
  deps: LoadDeps,
  kube: Pick<Kube, 'get' | 'list'>,
  place: { readonly namespace: string; readonly name: string },
  plan: LoadPlan,
  url: string,
): Promise<{ measured: Measured; timeline: readonly Sample[]; loadMs: number }> {
  const { progress, clock, interrupted } = deps;
  const told: { completed: number; say: (detail: string) => void } = { completed: 0, say: () => undefined };
  const watch = watchScaling({ kube, clock }, place, {
    spanMs: plan.loadMs + plan.watchMs,
    completed: () => told.completed,
    onSample: ({ wanted, ready }) =>
      told.say(`${String(told.completed)} answered, ${String(ready)} of ${String(wanted)} pods ready`),
  });
  const duration = formatDuration(plan.loadMs);
  try {
    const measured = await progress.step(
      `send ${String(plan.requestsPerSecond)} requests/s for ${duration}`,
      async (say) => {
        told.say = say;
        return withSideFolder(async (folder) =>
          runK6(deps, plan, url, folder, (count) => (told.completed = count)),
        );
      },
    );
    const loadMs = clock.elapsed();
    told.completed = measured.requests.sent;
    if (plan.watchMs > 0 && !interrupted.aborted) {
      await progress.step(`watch it calm down for ${formatDuration(plan.watchMs)}`, async (say) => {
        told.say = say;
        await clock.sleep(plan.watchMs, interrupted).catch(() => undefined);
      });
    }
    await watch.stop();
    return { measured, timeline: watch.samples, loadMs };
  } catch (error) {
    await watch.stop().catch(() => undefined); // the first failure tells more
    throw error;
  }
}

/** What the kubelet asks to see whether a pod is ready: every app has that, and it costs little. */
async function probedPath(
  kube: Pick<Kube, 'get'>,
  place: { namespace: string; name: string },
): Promise<string> {
  const deployment = await kube.get({ apiVersion: 'apps/v1', kind: 'Deployment', ...place });
  const { template } = (deployment?.['spec'] ?? {}) as {
    template?: { spec?: { containers?: readonly { readinessProbe?: { httpGet?: { path?: string } } }[] } };
  };
  return template?.spec?.containers?.[0]?.readinessProbe?.httpGet?.path ?? '/';
}

function nothingSent(app: string, interrupted: boolean): PlatformError {
  return interrupted
    ? new PlatformError('INTERRUPTED', 'stopped before a request was sent', 'Run the same command again')
    : new PlatformError(
        'LOADTEST_FAILED',
        `no request was sent to ${app}: this machine has no time to, or nothing answered`,
        'Send less, for longer: --rps 10 --for 1m',
      );
}
