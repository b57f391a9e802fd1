import { selfName } from '../engines/flux/ownership.ts';
import { PlatformError } from '../errors/platform-error.ts';
import { conditionOf } from '../observe/fields.ts';
import type { Deps } from '../ports/deps.ts';
import { gitIn } from '../ports/git.ts';
import type { Kube, KubeObject } from '../ports/kube.ts';
import { isHandled, type ReconcileRequest } from '../reconcile/reconcile-now.ts';
import { requestOf } from '../reconcile/request-annotation.ts';
import { requestFetch } from '../reconcile/request-fetch.ts';
import {
  fluxNamespace as namespace,
  gitRepositoryKind,
  kustomizationKind,
  rootName,
} from '../reconcile/root-objects.ts';
import { renderFiles } from '../render/render-files.ts';
import { versions } from '../toolchain/versions.ts';
import { checkRemoteSteps } from './git-check.ts';
import type { OpenCluster } from './open-cluster.ts';
import type { Step } from './steps.ts';

type RunningCluster = OpenCluster & { readonly kube: Kube };

/** In milliseconds. */
const pollMs = 500;

const artifact = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
  namespace,
  name: 'flux-manifests',
} as const;
const itself = { ...kustomizationKind, namespace, name: selfName };
const root = { ...kustomizationKind, namespace, name: rootName };
const source = { ...gitRepositoryKind, namespace, name: rootName };
const tag = `v${versions.flux}`;

/**
 * On an existing cluster Flux follows the pin in git: it must be there, and something must follow it.
 *
 * @throws {PlatformError} RENDER_STALE where HEAD does not hold the pin; CLUSTER_UNFIT where Flux does not manage itself.
 */
export async function prepareSelfUpgrade(deps: Deps, { environment, kube }: RunningCluster): Promise<void> {
  const { name } = environment;
  const path = `clusters/${name}/flux/flux.yaml`;
  const wanted = (await renderFiles(deps, environment)).find((file) => file.path === path)?.content;
  const { stdout } = await gitIn(deps.run, deps.root).run(['show', `HEAD:${path}`], {
    okExitCodes: [0, 128],
  });
  if (stdout.trim() !== wanted?.trim()) {
    throw new PlatformError(
      'RENDER_STALE',
      `${path} of HEAD is not what versions.json and the values give, and Flux ${tag} would come from there`,
      `platform render ${name} && git add versions.json ${path} && git commit -m "Flux ${tag}" && git push`,
    );
  }
  if (await kube.get(itself)) return;
  throw new PlatformError(
    'CLUSTER_UNFIT',
    `Flux of ${name} does not manage itself: there is no Kustomization/${namespace}/${selfName}`,
    `platform bootstrap ${name}`,
  );
}

/** Makes Flux look at git now, and waits until it runs as it is written there. */
export function selfUpgradeSteps(deps: Deps, cluster: RunningCluster, timeoutMs: number): Step[] {
  const { environment, kube, git, kept } = cluster;
  const ask = async (): Promise<ReconcileRequest> => {
    const before = await kube.get(itself);
    const { requestedAt, annotations } = requestOf(deps.clock.now());
    for (const ref of [artifact, itself]) await kube.patch(ref, { metadata: { annotations } });
    return { requestedAt, before };
  };
  return [
    ...checkRemoteSteps(deps, { environment, commit: git.head, pin: false }, kept),
    {
      title: `let Flux fetch the pin, ${tag}`,
      run: async (say) => {
        if ((await fetching(kube)) === undefined) return 'already';
        await requestFetch(kube, deps.clock);
        await waitWhile(deps, timeoutMs, say, async () => fetching(kube));
        return 'done';
      },
    },
    {
      title: 'wait until Flux has upgraded definitions and controllers',
      run: async (say) => {
        const before = await applying(kube);
        const request = await ask();
        await waitWhile(deps, timeoutMs, say, async () => applying(kube, request));
        return before === undefined ? 'already' : 'done';
      },
    },
  ];
}

/** Why the pin is not in the cluster yet, in words; undefined once it is. */
async function fetching(kube: Kube): Promise<string | undefined> {
  const [oci, git, kustomization] = await Promise.all(
    [artifact, source, root].map(async (ref) => kube.get(ref)),
  );
  const { ref } = (oci?.['spec'] ?? {}) as { ref?: { tag?: string } };
  if (ref?.tag === tag) return undefined;
  const { suspend } = (kustomization?.['spec'] ?? {}) as { suspend?: boolean };
  if (suspend === true) return `Kustomization/${namespace}/${rootName} is suspended`;
  const culprit = isReady(git) ? kustomization : git;
  return `${artifact.kind}/${namespace}/${artifact.name} asks for ${ref?.tag ?? 'nothing'}; ${storyOf(culprit)}`;
}

/**
 * Why Flux is not yet what the artifact at the pin holds; undefined once it is, and its controllers run.
 *
 * @param request What must have been handled.
 */
async function applying(kube: Kube, request?: ReconcileRequest): Promise<string | undefined> {
  const [oci, kustomization] = await Promise.all([artifact, itself].map(async (ref) => kube.get(ref)));
  const { artifact: fetched } = (oci?.['status'] ?? {}) as { artifact?: { revision?: string } };
  if (!isAtPin(fetched?.revision)) return storyOf(oci);
  const { suspend } = (kustomization?.['spec'] ?? {}) as { suspend?: boolean };
  if (suspend === true) return `Kustomization/${namespace}/${selfName} is suspended`;
  const status = (kustomization?.['status'] ?? {}) as {
    lastAppliedRevision?: string;
    observedGeneration?: number;
  };
  const done =
    kustomization !== undefined &&
    isReady(kustomization) &&
    isAtPin(status.lastAppliedRevision) &&
    status.observedGeneration === kustomization.metadata.generation &&
    (request === undefined || isHandled(kustomization, request));
  return done ? undefined : storyOf(kustomization);
}

function isAtPin(revision: string | undefined): boolean {
  return revision?.startsWith(`${tag}@`) === true;
}

function isReady(object: KubeObject | undefined): boolean {
  return object !== undefined && conditionOf(object, 'Ready')?.status === 'True';
}

function storyOf(object: KubeObject | undefined): string {
  if (!object) return 'an object of Flux is missing';
  return `${object.kind}/${namespace}/${object.metadata.name}: ${conditionOf(object, 'Ready')?.message ?? 'nothing yet'}`;
}

/** @throws {PlatformError} RECONCILE_TIMEOUT with the last reason; INTERRUPTED. */
async function waitWhile(
  { clock, interrupted }: Pick<Deps, 'clock' | 'interrupted'>,
  timeoutMs: number,
  say: (detail: string) => void,
  reason: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = clock.elapsed() + timeoutMs;
  for (;;) {
    const why = await reason();
    if (why === undefined) return;
    if (clock.elapsed() >= deadline) {
      throw new PlatformError(
        'RECONCILE_TIMEOUT',
        `Flux is not ${tag} after ${String(timeoutMs / 1_000)} s: ${why}`,
        `kubectl --namespace ${namespace} get ocirepositories,kustomizations,pods`,
      );
    }
    say(why);
    await clock.sleep(pollMs, interrupted).catch(() => {
      throw new PlatformError(
        'INTERRUPTED',
        'stopped waiting; Flux goes on by itself',
        'Run the same command again to wait on',
      );
    });
  }
}
