import { PlatformError } from '../../errors/platform-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Kube, KubeObject } from '../../ports/kube.ts';
import { fluxNamespace as namespace } from '../../reconcile/root-objects.ts';
import { fluxControllers } from '../../toolchain/flux-controllers.ts';
import { applyFluxCrds } from './crds.ts';
import { applyObjects, type Kubectl } from '../kubectl.ts';

/** In milliseconds. */
const pollMs = 500;

interface DeploymentState {
  readonly name: string;
  readonly image: string | undefined;
  /** True when every replica of the newest template is available. */
  readonly ready: boolean;
}

export interface FluxInstall {
  readonly kube: Kube;
  readonly kubectl: Kubectl;
  readonly clock: Clock;
  /** Folder of the CustomResourceDefinitions: absolute. */
  readonly crds: string;
  /** From composeFlux. */
  readonly objects: readonly KubeObject[];
  readonly timeoutMs: number;
  /** Brings images to the nodes, before pods want them; while the definitions are applied. */
  readonly provideImages?: ((say: (detail: string) => void) => Promise<unknown>) | undefined;
  /** In milliseconds since 1970: after the nodes came back, what the cluster still says of before counts for nothing. */
  readonly startedAfter?: number | undefined;
}

/**
 * Applies Flux's CustomResourceDefinitions and controllers, and waits until every controller runs.
 *
 * @returns `already` when the same images were running.
 * @throws {PlatformError} ENGINE_FAILED naming the controller that does not start, and why its pod waits.
 */
export async function installFlux(
  install: FluxInstall,
  say: (detail: string) => void,
): Promise<'already' | 'done'> {
  const { kube, kubectl, objects } = install;
  const before = await controllerStates(kube, install.startedAfter);
  const wanted = imagesOf(objects);
  const already = fluxControllers.every((name) =>
    before.some((state) => state.name === name && state.ready && state.image === wanted.get(name)),
  );
  say('CustomResourceDefinitions');
  await Promise.all([applyFluxCrds(kubectl, install.crds), install.provideImages?.(say)]);
  say('controllers');
  await applyObjects(kubectl, objects);
  await waitForControllers(install, wanted, say);
  return already ? 'already' : 'done';
}

async function waitForControllers(
  { kube, clock, timeoutMs, startedAfter }: FluxInstall,
  wanted: ReadonlyMap<string, string>,
  say: (detail: string) => void,
): Promise<void> {
  const deadline = clock.elapsed() + timeoutMs;
  for (;;) {
    const states = await controllerStates(kube, startedAfter);
    const missing = fluxControllers.filter(
      (name) => !states.some((each) => each.name === name && each.ready && each.image === wanted.get(name)),
    );
    const [culprit] = missing;
    if (culprit === undefined) return;
    const reason = await waitingReason(kube, culprit);
    if (clock.elapsed() >= deadline) {
      throw new PlatformError(
        'ENGINE_FAILED',
        `${culprit} was not ready within ${String(timeoutMs / 1000)} s: ${reason ?? 'its pod does not become ready'}`,
        `kubectl --namespace ${namespace} describe pods --selector app=${culprit}`,
      );
    }
    say(
      `${String(fluxControllers.length - missing.length)}/${String(fluxControllers.length)} ready, waiting for ${culprit}${reason === undefined ? '' : `: ${reason}`}`,
    );
    await clock.sleep(pollMs);
  }
}

/**
 * What runs of Flux's controllers; empty where there are none.
 *
 * @param startedAfter As in {@link FluxInstall}.
 */
export async function controllerStates(kube: Kube, startedAfter = 0): Promise<DeploymentState[]> {
  const found = await kube.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace });
  const fresh = startedAfter === 0 ? undefined : await startedControllers(kube, startedAfter);
  return found
    .filter(({ metadata }) => (fluxControllers as readonly string[]).includes(metadata.name))
    .map((deployment) => {
      const spec = deployment['spec'] as { replicas?: number };
      const status = (deployment['status'] ?? {}) as {
        observedGeneration?: number;
        updatedReplicas?: number;
        availableReplicas?: number;
        replicas?: number;
      };
      const replicas = spec.replicas ?? 1;
      const { updatedReplicas = 0, availableReplicas = 0 } = status;
      return {
        name: deployment.metadata.name,
        image: imagesOf([deployment]).get(deployment.metadata.name),
        ready:
          (fresh?.has(deployment.metadata.name) ?? true) &&
          status.observedGeneration === deployment.metadata.generation &&
          replicas > 0 &&
          updatedReplicas === replicas &&
          availableReplicas === replicas &&
          status.replicas === replicas,
      };
    });
}

/** Controllers whose container was started since a moment; the API tells it in whole seconds. */
async function startedControllers(kube: Kube, since: number): Promise<Set<string>> {
  const pods = await kube.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace });
  const names = pods.flatMap(({ metadata, ...pod }) => {
    const status = pod['status'] as
      { containerStatuses?: readonly { state?: { running?: { startedAt?: string } } }[] } | undefined;
    const at = status?.containerStatuses?.[0]?.state?.running?.startedAt;
    const app = metadata.labels?.['app'];
    return at !== undefined && app !== undefined && Date.parse(at) + 1_000 > since ? [app] : [];
  });
  return new Set(names);
}

/** The image of the first container, by the Deployment's name. */
function imagesOf(objects: readonly KubeObject[]): Map<string, string> {
  return new Map(
    objects
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, ...rest }) => {
        const spec = rest['spec'] as {
          template?: { spec?: { containers?: readonly { image?: string }[] } };
        };
        return [metadata.name, spec.template?.spec?.containers?.[0]?.image ?? ''];
      }),
  );
}

/** Why a controller's container waits, in the kubelet's words: `ImagePullBackOff: Back-off pulling image …`. */
async function waitingReason(kube: Kube, controller: string): Promise<string | undefined> {
  const pods = await kube.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace, labelSelector: `app=${controller}` },
  );
  for (const pod of pods) {
    const status = pod['status'] as
      | {
          containerStatuses?: readonly { state?: { waiting?: { reason?: string; message?: string } } }[];
          conditions?: readonly { type?: string; status?: string; message?: string }[];
        }
      | undefined;
    const waiting = status?.containerStatuses?.[0]?.state?.waiting;
    if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating') {
      return [waiting.reason, waiting.message].filter((part) => part !== undefined).join(': ');
    }
    const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (scheduled?.status === 'False') return scheduled.message;
  }
  return undefined;
}
