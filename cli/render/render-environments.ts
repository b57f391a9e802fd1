import type { Deps } from '../ports/deps.ts';
import { assertRealFiles } from '../values/assert-real-files.ts';
import { listEnvironments } from '../values/load-environment.ts';
import { applyRender, type Change, planFiles } from './plan-render.ts';
import { openRenderRecord } from './render-record.ts';
import { renderTogether } from './render-together.ts';
import { planSopsConfig } from './sops-config.ts';

/** What rendering does, or would do, to the environments that were asked for. */
export interface Rendering {
  readonly environments: readonly string[];
  /** Without the files that stay as they are. */
  readonly changes: readonly Change[];
  readonly sameCount: number;
}

/**
 * Renders environments; those that have not changed since they were last rendered are not even read.
 *
 * @param names Empty for every environment there is.
 * @param options.force See `planRender`.
 * @param options.check Write nothing.
 * @throws {PlatformError} FILE_UNUSABLE; what `loadEnvironments` and `planRender` throw.
 */
export async function renderEnvironments(
  deps: Pick<Deps, 'root' | 'home' | 'locations'>,
  names: readonly string[],
  { force, check }: { readonly force: boolean; readonly check: boolean },
): Promise<Rendering> {
  assertRealFiles(deps.root); // the record reads files before the environments are loaded
  const wanted = names.length > 0 ? [...new Set(names)] : await listEnvironments(deps.root);
  const record = await openRenderRecord(deps, wanted);
  const changed = wanted.filter((name) => !record.settled.has(name));
  const files = changed.length > 0 ? await renderTogether(deps, changed) : [];
  const settled = [...record.settled.keys()];
  const plan = await planFiles(deps, changed, files, { force, settled });
  const sops = await planSopsConfig(deps.root, force);
  const changes = [...plan, ...(sops ? [sops] : [])].filter(({ change }) => change !== 'same');
  if (!check) await applyRender(deps, changes);
  if (!check || changes.length === 0) await record.keep(plan);
  const settledFiles = [...record.settled.values()].reduce((sum, files) => sum + files, 0);
  const sameCount = plan.filter(({ change }) => change === 'same').length;
  return { environments: wanted, changes, sameCount: sameCount + settledFiles };
}
