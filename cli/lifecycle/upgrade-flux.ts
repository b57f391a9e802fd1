import { runningDistributions, type FluxPart } from '../engines/flux/check.ts';
import { applyFluxCrds } from '../engines/flux/crds.ts';
import { kubectlWith } from '../engines/kubectl.ts';
import type { Deps } from '../ports/deps.ts';
import { withSideFolder } from '../ports/side-folder.ts';
import { assetDirectory } from '../toolchain/assets.ts';
import { prepareTools } from '../toolchain/build-tools.ts';
import { versions } from '../toolchain/versions.ts';
import { enabledComponents } from '../values/components.ts';
import { checkFlux, checkProcesses, compareFlux, startedVersions, type FluxCheck } from './flux-check.ts';
import { notRunning, openCluster, type OpenCluster } from './open-cluster.ts';
import { startSteps, stopSteps } from './start-and-stop.ts';
import type { Step } from './steps.ts';
import { prepareSelfUpgrade, selfUpgradeSteps } from './upgrade-flux-itself.ts';
import { requireUpgradable } from './upgrade-flux-rules.ts';

/** What has to become what, so that the Flux of an environment is the pinned one. */
export interface FluxUpgradePlan {
  readonly cluster: OpenCluster;
  /** The distribution's version that runs, the lowest where there are several; undefined where nothing tells. */
  readonly from: string | undefined;
  /** The parts that are not as pinned; of a stopped cluster the controllers alone are known. */
  readonly moves: readonly FluxPart[];
}

/** What the steps leave behind: the comparison at their end. */
export interface FluxUpgradeResult {
  check?: FluxCheck;
}

/**
 * Looks at what runs and at what is pinned; changes nothing.
 *
 * @param name Without one: the only environment that has a cluster.
 * @throws {PlatformError} FLUX_UPGRADE_REFUSED; CLUSTER_MISSING, CLUSTER_STOPPED; what {@link prepareSelfUpgrade} throws.
 */
export async function planFluxUpgrade(
  deps: Deps,
  name: string | undefined,
  allowDowngrade: boolean,
): Promise<FluxUpgradePlan> {
  const cluster = await openCluster(deps, name);
  const { environment, engine, engineStatus, kube } = cluster;
  const embedded = engine.name === 'embedded';
  // An upgrade that was killed between its stop and its start has left an embedded cluster stopped.
  if (!kube && !(embedded && engineStatus.state === 'stopped')) throw notRunning(cluster);
  const started = embedded ? await startedVersions(deps, cluster) : {};
  const parts = kube ? (await compareFlux(deps, { ...cluster, kube })).parts : checkProcesses(started);
  const distribution =
    kube && !embedded
      ? await runningDistributions(kube)
      : [started['flux']].filter((version) => version !== undefined);
  requireUpgradable({
    environment: environment.name,
    distribution,
    controllers: parts.flatMap(({ kind, name: controller, running, pinned }) =>
      kind === 'controller' && running !== undefined
        ? [{ name: controller, running: tagOf(running), pinned: tagOf(pinned) }]
        : [],
    ),
    kubernetes: kube && !embedded ? await kube.version() : versions.kubernetes, // an embedded one gets that at its start
    allowDowngrade,
  });
  if (kube && engine.name === 'existing') await prepareSelfUpgrade(deps, { ...cluster, kube });
  const moves = parts.filter(({ verdict }) => verdict !== 'same');
  return { cluster, moves, from: distribution.sort()[0] };
}

/**
 * The definitions first, then the controllers, then the comparison of `flux check`. One that was killed is finished by
 * running all again.
 */
export function fluxUpgradeSteps(
  deps: Deps,
  { cluster, moves }: FluxUpgradePlan,
  timeoutMs: number,
  result: FluxUpgradeResult,
): Step[] {
  const { environment, engine, kept, kube, access } = cluster;
  const spec = { environment, repository: kept.repository };
  const compare: Step = {
    title: 'compare what runs with what is pinned',
    run: async () => {
      result.check = await checkFlux(deps, environment.name);
      return 'already';
    },
  };
  if (kube && engine.name === 'existing') {
    return [...selfUpgradeSteps(deps, { ...cluster, kube }, timeoutMs), compare];
  }
  const get: Step = {
    title: 'get the outside programs',
    run: async (say) => prepareTools(deps, engine.name, say, enabledComponents(environment.values)),
  };
  if (engine.name === 'kind') {
    const install: Step = {
      title: 'upgrade definitions and controllers',
      run: async (say) => {
        const installed = await engine.installFlux(spec, say, timeoutMs);
        return moves.length === 0 ? installed : 'done';
      },
    };
    return [get, install, compare];
  }
  const define: Step = {
    title: 'upgrade definitions',
    run: async () => {
      const crds = await assetDirectory(deps, 'flux-crds');
      if (!access) return 'already';
      await withSideFolder(async (cache) =>
        applyFluxCrds(kubectlWith(deps.run, access.kubeconfig, cache, access.context), crds),
      );
      return moves.some(({ kind }) => kind === 'definition') ? 'done' : 'already';
    },
  };
  // Programs are chosen when the supervisor starts: it has to start again, where controllers are not the pinned ones.
  const stop = moves.some(({ kind }) => kind === 'controller') ? stopSteps(cluster) : [];
  return [get, ...(kube ? [define, ...stop] : []), ...startSteps(deps, cluster, timeoutMs), compare];
}

/** @param image `<registry>/<name>:<tag>`, or a version alone. */
function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}
