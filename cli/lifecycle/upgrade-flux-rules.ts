import { PlatformError } from '../errors/platform-error.ts';
import { compareVersions, versions } from '../toolchain/versions.ts';

/** Something of Flux that has a version, before the upgrade and after it; both may have a leading `v`. */
export interface VersionMove {
  readonly name: string;
  readonly running: string;
  readonly pinned: string;
}

export interface UpgradeQuestion {
  readonly environment: string;
  /** Of Flux's distribution; several where an earlier upgrade was stopped half-way, none where the cluster does not tell. */
  readonly distribution: readonly string[];
  readonly controllers: readonly VersionMove[];
  /** What the controllers will run on. */
  readonly kubernetes: string;
  readonly allowDowngrade: boolean;
}

/** Where a person reads how the pin is moved. */
const howTo = 'docs/flux-system.md, "To another version"';

/**
 * Refuses what Flux does not support: definitions of an older version may lack what is stored, and every minor version
 * migrates only what the one before it had.
 *
 * @throws {PlatformError} FLUX_UPGRADE_REFUSED, with the reason.
 * @see {@link https://fluxcd.io/flux/installation/upgrade/}
 */
export function requireUpgradable(question: UpgradeQuestion): void {
  const { environment, distribution, controllers, kubernetes, allowDowngrade } = question;
  const least = versions['flux-kubernetes'];
  if (compareVersions(bare(kubernetes), least) < 0) {
    throw refused(
      `Kubernetes of ${environment} is v${bare(kubernetes)}, and Flux v${versions.flux} needs v${least} or newer`,
      `Upgrade the cluster to Kubernetes v${least} or newer, or pin an older Flux: ${howTo}`,
    );
  }
  const flux = distribution.map((running) => ({ name: 'Flux', running, pinned: versions.flux }));
  const known = [...flux, ...controllers].filter(
    ({ running, pinned }) => isVersion(running) && isVersion(pinned),
  );
  const newer = known.find(({ running, pinned }) => compareVersions(bare(running), bare(pinned)) > 0);
  if (newer && !allowDowngrade) {
    throw refused(
      `${newer.name} of ${environment} is v${bare(newer.running)}, newer than v${bare(newer.pinned)}, which is pinned here: that would be a downgrade`,
      `Update this clone (git pull), or add --allow-downgrade if you mean it`,
    );
  }
  // Flux's minor versions are those of its distribution; only where nothing tells that, the controllers' stand for it.
  const minors = known.filter(({ name }) => flux.length === 0 || name === 'Flux');
  const skipping = minors.find(skipsMinor);
  if (skipping) {
    throw refused(
      `${skipping.name} of ${environment} is v${bare(skipping.running)} and v${bare(skipping.pinned)} is pinned: that skips a minor version, and Flux migrates from one to the next only`,
      `Pin the minor version after v${bare(skipping.running)} first, upgrade, and then go on: ${howTo}`,
    );
  }
}

function skipsMinor({ running, pinned }: VersionMove): boolean {
  const [from, to] = [running, pinned].map((version) => bare(version).split('.').map(Number));
  if (from?.[0] !== to?.[0]) return (from?.[0] ?? 0) < (to?.[0] ?? 0);
  return (to?.[1] ?? 0) - (from?.[1] ?? 0) > 1;
}

function isVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+/.test(text);
}

function bare(version: string): string {
  return version.replace(/^v/, '');
}

function refused(message: string, hint: string): PlatformError {
  return new PlatformError('FLUX_UPGRADE_REFUSED', message, hint);
}
