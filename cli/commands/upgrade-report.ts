import { formatFluxCheck } from '../lifecycle/flux-check.ts';
import type { FluxUpgradePlan, FluxUpgradeResult } from '../lifecycle/upgrade-flux.ts';
import { formatTable } from '../toolchain/format-table.ts';
import { versions } from '../toolchain/versions.ts';
import type { Outcome } from './outcome.ts';

/** What runs, and what will. */
export function describeFluxUpgrade({ cluster, from, moves }: FluxUpgradePlan): string {
  const { name } = cluster.environment;
  if (moves.length === 0) return `Flux of ${name} is v${versions.flux}, as versions.json pins it.`;
  const rows = moves.map(({ name: part, running, pinned, verdict }) => [
    part,
    running ?? 'missing',
    '->',
    verdict === 'changed' ? `${pinned}, as pinned` : pinned,
  ]);
  const before = from === undefined || from === versions.flux ? '' : `v${from} -> `;
  const title = `Flux of ${name}: ${before}v${versions.flux}`;
  return [title, formatTable(rows)].join('\n');
}

/** The comparison at the end: exit code 1 where something is still not as pinned. */
export function summariseUpgrade(
  { cluster, from, moves }: FluxUpgradePlan,
  { check }: FluxUpgradeResult,
  changed: boolean,
): Outcome {
  if (!check) throw new Error('the upgrade ended without its comparison');
  const { name } = cluster.environment;
  return {
    data: { ...check, from, moves, changed },
    text: formatFluxCheck(check),
    exitCode: check.same ? 0 : 1,
    next: [check.same ? `platform status ${name}` : `platform bootstrap ${name}`],
  };
}
