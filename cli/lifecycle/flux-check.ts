import { findRecord } from '../engines/embedded/cluster-record.ts';
import { stateDirectory } from '../engines/state-directory.ts';
import { checkControllers, checkDefinitions, part, type FluxPart } from '../engines/flux/check.ts';
import { fluxControllers } from '../toolchain/flux-controllers.ts';
import type { Deps } from '../ports/deps.ts';
import { assetDirectory } from '../toolchain/assets.ts';
import { formatTable } from '../toolchain/format-table.ts';
import { versions } from '../toolchain/versions.ts';
import type { Kube } from '../ports/kube.ts';
import { openRunningCluster, type OpenCluster } from './open-cluster.ts';

/** What `platform flux check` says. */
export interface FluxCheck {
  readonly environment: string;
  /** The pinned version of Flux's distribution. */
  readonly flux: string;
  readonly parts: readonly FluxPart[];
  /** True where every part is the pinned one. */
  readonly same: boolean;
}

/**
 * Compares Flux in the cluster of an environment with what versions.json and values pin.
 *
 * @throws {PlatformError} CLUSTER_MISSING, CLUSTER_STOPPED, CLUSTER_UNREACHABLE.
 */
export async function checkFlux(deps: Deps, name: string | undefined): Promise<FluxCheck> {
  return compareFlux(deps, await openRunningCluster(deps, name));
}

/** As {@link checkFlux}, of a cluster that was opened before. */
export async function compareFlux(
  deps: Pick<Deps, 'locations' | 'home'>,
  cluster: OpenCluster & { readonly kube: Kube },
): Promise<FluxCheck> {
  const { environment, engine, kube } = cluster;
  const controllers =
    engine.name === 'embedded'
      ? checkProcesses(await startedVersions(deps, cluster))
      : await checkControllers(kube, environment.values.flux);
  const parts = [...controllers, ...(await checkDefinitions(kube, await assetDirectory(deps, 'flux-crds')))];
  return {
    environment: environment.name,
    flux: versions.flux,
    parts,
    same: parts.every(({ verdict }) => verdict === 'same'),
  };
}

/** The versions that were pinned when an embedded cluster was last started; empty where its record does not tell. */
export async function startedVersions(
  { locations }: Pick<Deps, 'locations'>,
  { environment: { client, name } }: Pick<OpenCluster, 'environment'>,
): Promise<Readonly<Record<string, string>>> {
  const record = await findRecord(stateDirectory(locations, { client, environment: name }).record);
  return record === undefined || record === 'damaged' ? {} : record.versions;
}

/** @param started From {@link startedVersions}. */
export function checkProcesses(started: Readonly<Record<string, string>>): FluxPart[] {
  return fluxControllers.map((controller) =>
    part(controller, 'controller', versions[controller], started[controller]),
  );
}

export function formatFluxCheck({ environment, flux, parts, same }: FluxCheck): string {
  const words = { same: 'as pinned', other: 'another', changed: 'changed', missing: 'missing' } as const;
  const rows = parts.map(({ name, pinned, running, verdict }) => [
    name,
    words[verdict],
    running ?? '-',
    verdict === 'other' ? `pinned: ${pinned}` : '',
  ]);
  return [
    formatTable(rows),
    same
      ? `Flux of ${environment} is v${flux}, as versions.json pins it.`
      : `Flux of ${environment} is not the v${flux} that versions.json pins.`,
  ].join('\n');
}
