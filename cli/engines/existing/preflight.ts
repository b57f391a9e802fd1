import { PlatformError } from '../../errors/platform-error.ts';
import type { Kube, KubeObject } from '../../ports/kube.ts';
import { kubectlFor } from '../../ports/kubectl-for.ts';
import { isSameRepository, parseRemote, withoutCredentials } from '../../publish/remote-address.ts';
import {
  fluxNamespace,
  gitRepositoryKind,
  kustomizationKind,
  rootName,
} from '../../reconcile/root-objects.ts';
import { compareVersions, versions } from '../../toolchain/versions.ts';
import type { Kubectl } from '../kubectl.ts';
import { findEarlierFlux, type EarlierFlux, type Obstacle } from './earlier-flux.ts';
import type { FoundContext } from './find-context.ts';
import { formatRight, missingRights, requiredRights } from './rights.ts';

export interface Preflight {
  readonly kube: Kube;
  readonly kubectl: Kubectl;
  readonly access: FoundContext;
  readonly environment: string;
  /** Where Flux will fetch this repository from; of requireRemote. */
  readonly url: string;
  /** From composeFlux. */
  readonly objects: readonly KubeObject[];
}

/**
 * Looks at everything that could keep the platform out of a cluster, and changes nothing.
 *
 * @returns What there is of Flux.
 * @throws {PlatformError} CLUSTER_UNREACHABLE; CLUSTER_FOREIGN when another repository's or environment's platform is in it;
 *   CLUSTER_UNFIT with all other obstacles, one detail each.
 */
export async function preflight(check: Preflight, say: (detail: string) => void): Promise<EarlierFlux> {
  const { kube, kubectl, access, objects } = check;
  const command = kubectlFor(access.kubeconfig, access.context);
  say(access.server);
  const version = await kube.version();
  say('rights');
  const missing = await missingRights(kubectl, requiredRights(objects));
  if (missing.length > 0) throw unfit(access, [...tooOld(version), lacking(missing, command)]); // it may not even look
  await requireNoOther(check);
  say('Flux');
  const earlier = await findEarlierFlux(kube, command);
  const obstacles = [...tooOld(version), ...earlier.obstacles];
  if (obstacles.length > 0) throw unfit(access, obstacles);
  return earlier;
}

function unfit({ context, server }: FoundContext, obstacles: readonly Obstacle[]): PlatformError {
  const [first] = obstacles;
  return new PlatformError(
    'CLUSTER_UNFIT',
    obstacles.length === 1
      ? `the cluster of the context ${context} cannot take the platform: ${first?.message ?? ''}`
      : `the cluster of the context ${context} (${server}) cannot take the platform, for ${String(obstacles.length)} reasons`,
    first?.hint ?? '',
    { details: obstacles.length === 1 ? [] : obstacles },
  );
}

function tooOld(version: string): Obstacle[] {
  const least = versions['flux-kubernetes'];
  if (compareVersions(version.replace(/^v/, ''), least) >= 0) return [];
  return [
    {
      message: `its Kubernetes is ${version}, and Flux v${versions.flux} needs v${least} or newer`,
      hint: `Upgrade the cluster to Kubernetes v${least} or newer`,
    },
  ];
}

function lacking(
  missing: readonly { verb: string; group: string; resource: string }[],
  command: string,
): Obstacle {
  return {
    message: `its user lacks ${String(missing.length)} rights: ${missing.map(formatRight).join(', ')}`,
    hint: `Use a context whose user is bound to cluster-admin, or let an administrator do that: ${command} auth whoami`,
  };
}

/** @throws {PlatformError} CLUSTER_FOREIGN */
async function requireNoOther({ kube, access, environment, url }: Preflight): Promise<void> {
  const other = await otherPlatform(kube, environment, url);
  if (other === undefined) return;
  throw new PlatformError(
    'CLUSTER_FOREIGN',
    `the cluster of the context ${access.context} holds the platform of ${other}`,
    `Name the context of another cluster in clusters/${environment}/values.yaml, or delete that platform from its own repository`,
  );
}

/**
 * The platform of another repository, or of another environment of this one, in words.
 *
 * @param url From requireRemote.
 * @returns undefined where there is none, or ours.
 */
export async function otherPlatform(
  kube: Kube,
  environment: string,
  url: string,
): Promise<string | undefined> {
  const at = { namespace: fluxNamespace, name: rootName };
  const [source, root] = await Promise.all(
    [gitRepositoryKind, kustomizationKind].map(async (kind) => kube.get({ ...kind, ...at })),
  );
  const { url: followed } = (source?.['spec'] ?? {}) as { url?: string };
  if (followed !== undefined && !isSame(followed, url))
    return `another repository, ${withoutCredentials(followed)}`;
  const { path } = (root?.['spec'] ?? {}) as { path?: string };
  const [, name] = /^\.?\/?clusters\/([^/]+)\/flux\/?$/.exec(path ?? '') ?? [];
  return name === undefined || name === environment ? undefined : `the environment ${name}`;
}

/** By ssh or https: people may change from one to the other. */
function isSame(followed: string, url: string): boolean {
  const [one, other] = [parseRemote(followed), parseRemote(url)];
  return followed === url || (one !== undefined && other !== undefined && isSameRepository(one, other));
}
